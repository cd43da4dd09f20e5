import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeInEveryWay } from './describe-worlds.fixture.js';
import type { Shop } from './world.fixture.js';

// Rows of the table in the design ("These must all come out right"), on real git repositories.
describeInEveryWay('promotions', (world, way) => {
  const repository = (files: ReturnType<typeof branches>): Promise<Shop> => world().repository(files, way);
  const APPROVED = '      approvals: { required: 1, from: [group:release-managers], excludeAuthors: true, excludeRequester: true }';
  const inSync = async (shop: Shop, application = 'checkout', target = 'qa') => expect(await shop.lane(application, target)).toMatchObject({ condition: 'in-sync' });

  it('brings a change from dev through qa to prod, and every environment keeps what it owns', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0', level: 'debug' }) });
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', level: 'debug', replicas: 2 }));
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', level: 'debug', replicas: 4, registry: 'registry.prod.example.org' }));
    expect(await shop.file('prod', CART)).toBe(deployment('cart', { replicas: 4, registry: 'registry.prod.example.org' }));
    await inSync(shop);
    await inSync(shop, 'checkout', 'prod');
  });

  it('records what the environments have in common at first, without asking anybody', async () => {
    const shop = await repository(branches({ prod: APPROVED }));
    await inSync(shop, 'cart', 'prod');
    expect((await shop.promotions('cart', 'prod')).map((promotion) => promotion.candidate.kind)).toEqual(['record-only']);
  });

  it('does nothing again when it looks again: no request is opened twice', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    const before = [await shop.requests(), await shop.head('qa'), await shop.head('prod')];
    await shop.settle();
    await shop.settle();
    expect([await shop.requests(), await shop.head('qa'), await shop.head('prod')]).toEqual(before);
  });

  it('promote A, the revert of A, A again: ends with A and the newest ledger, nothing held', async () => {
    const shop = await repository(branches());
    const [a, original] = [deployment('checkout', { tag: '2.0' }), deployment('checkout')];
    for (const text of [a, original, a]) await shop.commit('dev', { [CHECKOUT]: text });
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).toContain(await shop.head('dev'));
    await inSync(shop);
  });

  it('an old approval does not count when the same content comes again', async () => {
    const shop = await repository(branches({ qa: APPROVED }));
    const [a, original] = [deployment('checkout', { tag: '2.0' }), deployment('checkout')];
    for (const text of [a, original]) {
      await shop.commit('dev', { [CHECKOUT]: text });
      await shop.settle();
      await shop.approve('checkout', 'qa', 'grace');
    }
    await shop.commit('dev', { [CHECKOUT]: a });
    await shop.settle();
    const current = await shop.current('checkout', 'qa');
    expect(current).toMatchObject({ state: 'open', verdicts: [{ gate: 'approvals', outcome: 'wait' }] });
    expect(await world().forge.statuses.list(shop.id, current!.candidate.head)).toContainEqual(expect.objectContaining({ context: 'sluice/ready', state: 'pending', description: 'approvals: 0 of 1 given' }));
  });

  it('proposes only the rest after a squash merge while the source moved on', async () => {
    const shop = await repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.approve('checkout', 'qa', 'grace');
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0', level: 'debug' }) });
    await shop.settle();
    const request = (await shop.requests())[0];
    expect(request?.body).toContain('debug');
    expect(request?.body).not.toContain('2.0 →');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
  });

  it('is in sync after a squash merge and a commit on the target that changes only what the target owns', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '2.0', replicas: 7 }), 'apps/checkout/env/host.yaml': 'host: qa\n' });
    const requests = (await shop.requests()).length;
    await shop.settle();
    await inSync(shop);
    expect((await shop.requests()).filter((request) => request.targetBranch === 'qa')).toHaveLength((await shop.requests()).length - (await shop.requests()).filter((request) => request.targetBranch === 'prod').length);
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 7 }));
    expect(requests).toBeGreaterThan(0);
  });

  describe('a promotion that is reverted by hand on the target', () => {
    const reverted = async (): Promise<Shop> => {
      const shop = await repository(branches({ prod: '      merge: manual' }));
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), 'apps/checkout/extra.yaml': 'a: 1\n' });
      await shop.settle();
      await shop.checkout('qa');
      await shop.gitAs('bob', 'revert', '--no-edit', ...(way.mergeMethod === 'merge' ? ['-m', '1'] : []), 'HEAD');
      await shop.push('qa');
      await shop.settle();
      return shop;
    };

    it('is a hold that says who undid it', async () => {
      const shop = await reverted();
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held', message: expect.stringContaining('was undone on qa by') });
      expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
      expect(await shop.current('checkout', 'qa')).toBeUndefined();
    });

    it('stays held when the source changes something unrelated in the same application', async () => {
      const shop = await reverted();
      await shop.commit('dev', { 'apps/checkout/notes.txt': 'unrelated\n' });
      await shop.settle();
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
      expect(await shop.file('qa', 'apps/checkout/notes.txt')).toBeUndefined();
    });

    it('goes on with everything when the source changes what was held', async () => {
      const shop = await reverted();
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.1' }) });
      await shop.settle();
      expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.1', replicas: 2 }));
      expect(await shop.file('qa', 'apps/checkout/extra.yaml')).toBe('a: 1\n');
      await inSync(shop);
    });

    it('goes on when a person lifts it', async () => {
      const shop = await reverted();
      await shop.promote('checkout', 'qa');
      expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
      await inSync(shop);
    });
  });

  it('never sends content that was reverted on the target, without its ledger, there again', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { replicas: 2 }) });
    await shop.commit('dev', { 'apps/checkout/notes.txt': 'unrelated\n' });
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
    expect(await shop.file('dev', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0' }));
  });

  it('only records what somebody merged by hand', async () => {
    const shop = await repository(branches({ owned: '    - { path: "**/env/**" }', qa: APPROVED }));
    await shop.commit('dev', { [CART]: deployment('cart', { replicas: 2 }), [CHECKOUT]: deployment('checkout', { tag: '2.0', replicas: 2 }) });
    await shop.checkout('qa');
    await shop.git('merge', '--quiet', '--allow-unrelated-histories', '-X', 'theirs', '-m', 'by hand', 'forge/dev');
    await shop.push('qa');
    await shop.settle();
    expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ state: 'live', candidate: { kind: 'record-only' } });
    await inSync(shop);
  });

  it('a hotfix that came back and is removed in dev later is removed from prod, once', async () => {
    const shop = await repository(branches());
    const fixed = (replicas: number, registry?: string) => deployment('checkout', { level: 'trace', replicas, ...(registry === undefined ? {} : { registry }) });
    await shop.commit('prod', { [CHECKOUT]: fixed(4, 'registry.prod.example.org') }, { message: 'hotfix' });
    await shop.commit('dev', { [CHECKOUT]: fixed(1) }, { message: 'hotfix returned' });
    await shop.settle();
    expect((await shop.promotions('checkout', 'prod'))[0]).toMatchObject({ candidate: { kind: 'record-only' } });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout') }, { message: 'hotfix no longer needed' });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { replicas: 4, registry: 'registry.prod.example.org' }));
    await inSync(shop, 'checkout', 'prod');
  });

  it('a hotfix on prod survives an unrelated promotion of the same application', async () => {
    const shop = await repository(branches());
    await shop.commit('prod', { [CHECKOUT]: deployment('checkout', { level: 'trace', replicas: 4, registry: 'registry.prod.example.org' }) });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', level: 'trace', replicas: 4, registry: 'registry.prod.example.org' }));
  });

  it("two applications on one branch both land, and the second one's approval stays valid", async () => {
    const shop = await repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    const second = await shop.current('cart', 'qa');
    await shop.approve('checkout', 'qa', 'grace');
    expect((await shop.current('cart', 'qa'))?.candidate.digest).toBe(second?.candidate.digest);
    await shop.approve('cart', 'qa', 'grace');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '3.0', replicas: 2 }));
  });

  describe('a request that a person closes', () => {
    const closed = async (): Promise<Shop> => {
      const shop = await repository(branches({ qa: APPROVED }));
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
      await shop.settle();
      const number = (await shop.current('checkout', 'qa'))?.change?.number ?? 0;
      await world().forge.changes.close(shop.id, number, { by: 'grace' });
      await shop.settle();
      return shop;
    };

    it('is remembered', async () => {
      const shop = await closed();
      const requests = (await shop.requests()).length;
      await shop.settle();
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'closed', message: expect.stringContaining('grace') });
      expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ state: 'rejected' });
      expect(await shop.requests()).toHaveLength(requests);
    });

    it('comes back when the content changes', async () => {
      const shop = await closed();
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.1' }) });
      await shop.settle();
      expect(await shop.current('checkout', 'qa')).toMatchObject({ state: 'open', attempt: 1 });
    });

    it('comes back, as a new attempt, when a person asks for it', async () => {
      const shop = await closed();
      expect(await shop.promote('checkout', 'qa')).toBe('opened');
      expect(await shop.current('checkout', 'qa')).toMatchObject({ attempt: 2, requester: 'ada' });
    });
  });

  it('composes again, and voids approvals, when a hotfix lands in the same file before the merge', async () => {
    const shop = await repository(branches({ qa: APPROVED.replace('required: 1', 'required: 2').replace('group:release-managers', '"*"') }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.approve('checkout', 'qa', 'grace');
    const before = await shop.current('checkout', 'qa');
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { replicas: 2, level: 'trace' }) }, { as: 'bob' });
    await shop.settle();
    const after = await shop.current('checkout', 'qa');
    expect(after?.candidate.digest).not.toBe(before?.candidate.digest);
    expect(after?.verdicts).toMatchObject([{ outcome: 'wait', message: '0 of 2 given' }]);
    expect(after?.change?.number).toBe(before?.change?.number);
    expect(await shop.file('sluice/promote/qa/checkout', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2, level: 'trace' }));
  });

  it('assigns to no agent what was merged by hand and is not what was composed, and puts it right', async () => {
    const shop = await repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    const promotion = await shop.current('checkout', 'qa');
    const assigned = await shop.sync('qa');
    await shop.commit('qa', { 'apps/checkout/hotfix.yaml': 'a: 1\n' }, { as: 'bob' });
    const outcome = await shop.mergeOnForge(promotion?.change?.number ?? 0, promotion!.candidate.head);
    // seen in time, the hotfix is composed in, and what was approved before it cannot be merged any more
    expect(outcome).toBe(way.polled === 'step by step' ? 'moved' : 'merged');
    await shop.settle();
    if (outcome === 'merged') expect((await world().ports.environments.state(shop.id, 'qa' as never))?.assigned).toBe(assigned);
    expect((await shop.promotions('checkout', 'qa')).map((item) => item.state)).toContain(outcome === 'merged' ? 'tampered' : 'superseded');
    // either way what is there now, or would be, waits for approvals of its own, which nobody behind it can give
    const again = await shop.current('checkout', 'qa');
    expect(again).toMatchObject({ state: 'open', candidate: { kind: 'change' }, verdicts: [{ gate: 'approvals', outcome: 'wait' }] });
    expect((await shop.requests()).find(({ number }) => number === again?.change?.number)?.body).toContain('2.0');
    expect(await shop.file('sluice/promote/qa/checkout', 'apps/checkout/hotfix.yaml')).toBe('a: 1\n');
    await shop.approve('checkout', 'qa', 'grace');
    expect(await shop.sync('qa')).toBe(await shop.head('qa'));
    expect(await shop.file('qa', 'apps/checkout/hotfix.yaml')).toBe('a: 1\n');
    await inSync(shop);
  });

  way.once('counts everything since the environment was right, with everybody behind it, when one such merge follows another', async () => {
    const shop = await repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) }, { as: 'bob' });
    await shop.settle();
    for (const [file, author] of [['first', 'eve'], ['second', 'sam']] as const) {
      const open = await shop.current('checkout', 'qa');
      await shop.commit('qa', { [`apps/checkout/${file}.yaml`]: 'a: 1\n' }, { as: author });
      expect(await shop.mergeOnForge(open!.change!.number, open!.candidate.head)).toBe('merged');
      await shop.settle();
    }
    const again = await shop.current('checkout', 'qa');
    expect(again?.authors.map(({ person }) => person)).toEqual(expect.arrayContaining(['bob', 'eve', 'sam']));
    const body = (await shop.requests()).find(({ number }) => number === again?.change?.number)?.body;
    for (const shown of ['2.0', 'first.yaml', 'second.yaml']) expect(body).toContain(shown.replace('.yaml', ''));
  });

  it('ignores the ledgers of another target in a branch made from it', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.git('fetch', '--quiet', 'forge');
    await shop.git('checkout', '--quiet', '-B', 'staging', 'forge/qa');
    await shop.push('staging');
    const config = branches()['main']?.['sluice.yaml'] ?? '';
    await shop.commit('main', { 'sluice.yaml': config.replace('  applications:', '    - { name: staging, branch: staging, from: [qa] }\n  applications:') });
    await shop.settle();
    expect((await shop.promotions('checkout', 'staging'))[0]).toMatchObject({ state: 'live', candidate: { kind: 'record-only' } });
    expect(await shop.file('staging', '.sluice/staging/checkout.yaml')).toContain('target: staging');
  });

  it('adopts, and waits for a person, when the source was force-pushed and the base is gone', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.checkout('dev');
    await shop.git('reset', '--quiet', '--hard', 'HEAD~1');
    await shop.push('dev', '--force');
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toMatchObject({ state: 'open', candidate: { kind: 'adopt' }, verdicts: [{ gate: 'adoption', outcome: 'wait' }] });
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    await shop.approve('checkout', 'qa', 'grace');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '3.0', replicas: 2 }));
  });

  it("gives a new sidecar prod's registry, and names it in the request", async () => {
    const shop = await repository(branches({ prod: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0', sidecar: 'registry.example.org/shop/proxy:1.2' }) });
    await shop.settle();
    const request = (await shop.requests()).find((item) => item.targetBranch === 'prod' && item.state === 'open');
    expect(request?.body).toContain('Please look at');
    await shop.approve('checkout', 'prod', 'grace');
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 4, registry: 'registry.prod.example.org', sidecar: 'registry.prod.example.org/proxy:1.2' }));
  });

  it('orphans no request in silence when an environment is removed, and deletes nothing', async () => {
    const shop = await repository(branches({ prod: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    const config = branches()['main']?.['sluice.yaml'] ?? '';
    const without = config.replace(/ {4}- name: prod[\s\S]*?(?= {2}applications:)/, '').replace(', environments: [prod]', '');
    await shop.commit('main', { 'sluice.yaml': without });
    await shop.settle();
    expect((await shop.requests()).filter((request) => request.targetBranch === 'prod' && request.state === 'open')).toEqual([]);
    expect(await shop.file('prod', CHECKOUT)).toBeDefined();
    expect((await shop.promotions('checkout', 'prod'))[0]).toMatchObject({ state: 'superseded' });
  });
});
