import { environmentName, personName } from '@sluice/kernel';
import { DecidePromotion, PlanPromotions, ReadMatrix, ReadWhy, UnownedPaths } from '@sluice/usecases';
import { describeWorlds } from './describe-worlds.fixture.js';
import { checkoutIn, diamond, diamondPipeline } from './diamond.fixture.js';
import type { DiamondFields } from './diamond.fixture.js';
import { CHECKOUT } from './shop.fixture.js';
import type { Shop, World } from './world.fixture.js';

const TWO = { tag: '2.0' };
const THREE = { tag: '3.0' };
/** For the longest ways through four environments, on a busy machine. */
const LONG = 90_000;

// dev, then qa and perf side by side, then prod behind both.
describeWorlds('several sources', (world) => {
  const LATE = '      merge: manual';
  const APPROVED = '      approvals: { required: 1, from: [group:release-managers] }';
  const originIn = async (shop: Shop, environment: string) => /origin: "(.*)"/.exec((await shop.file(environment, `.sluice/${environment}/checkout.yaml`)) ?? '')?.[1];
  const takenFrom = async (shop: Shop, environment: string) => /source: (.*)/.exec((await shop.file(environment, `.sluice/${environment}/checkout.yaml`)) ?? '')?.[1];
  const merge = async (shop: Shop, environment: string) => {
    const { change, candidate } = (await shop.current('checkout', environment))!;
    expect(await shop.mergeOnForge(change!.number, candidate.head)).toBe('merged');
    await shop.settle();
  };

  /** A shop whose qa and perf have been live with what there is at first. */
  async function liveShop(fields: DiamondFields = {}, options: Parameters<World['repository']>[1] = {}): Promise<Shop> {
    const shop = await world().repository(diamond(fields), options);
    await shop.sync('qa');
    await shop.sync('perf');
    return shop;
  }

  describe('of which all must have had the content live', () => {
    it('records what the environments have in common at first, by what it comes from', async () => {
      const shop = await world().repository(diamond());
      expect(await originIn(shop, 'prod')).toBe(await shop.head('dev'));
      expect(await takenFrom(shop, 'prod')).toBe('qa');
      expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'in-sync' });
    });

    it('wait for the later one, say which has what, and go on when it has been live there too', async () => {
      const shop = await liveShop({ perf: LATE });
      const origin = await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('qa');
      expect(await shop.file('qa', CHECKOUT)).toBe(checkoutIn('qa', TWO));
      expect(await shop.current('checkout', 'prod')).toBeUndefined();
      expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'in-sync' });
      await merge(shop, 'perf');
      expect((await shop.current('checkout', 'prod'))?.verdicts).toMatchObject([{ gate: 'sources', outcome: 'wait', message: expect.stringMatching(/^perf: /), evidence: { qa: 'pass', perf: 'wait' } }]);
      await shop.sync('perf');
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
      expect(await originIn(shop, 'prod')).toBe(origin);
    });

    it.each(['squash', 'rebase', 'merge'] as const)('take the newest that both have had, though the first has moved on, and what passed there still counts, merged by %s', async (mergeMethod) => {
      const shop = await liveShop({ perf: LATE }, { mergeMethod });
      const second = await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('qa');
      await merge(shop, 'perf');
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
      await shop.sync('qa');
      expect(await shop.file('qa', CHECKOUT)).toBe(checkoutIn('qa', THREE));
      expect((await shop.current('checkout', 'prod'))?.candidate.origin).toBe(second);
      await shop.sync('perf');
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
      await merge(shop, 'perf');
      await shop.sync('perf');
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
    }, LONG);

    it('do not offer what one of them has skipped', async () => {
      const shop = await liveShop({ perf: LATE });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('qa');
      const third = await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
      await shop.sync('qa');
      expect(await shop.promotions('checkout', 'prod')).toHaveLength(1);
      await merge(shop, 'perf');
      await shop.sync('perf');
      expect(await originIn(shop, 'prod')).toBe(third);
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
    });

    it('do not offer what was replaced in one of them before it had been live there', async () => {
      const shop = await liveShop({ perf: LATE });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.settle();
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) }, { message: 'replaces it before any agent had it' });
      await shop.sync('qa', 'Failed');
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', { tag: '4.0' }) });
      await shop.sync('qa');
      await merge(shop, 'perf');
      await shop.sync('perf');
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', { tag: '4.0' }));
      expect(await shop.promotions('checkout', 'prod')).toHaveLength(2);
    }, LONG);

    it('stop at what fails in one of them', async () => {
      const shop = await liveShop();
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('qa');
      await shop.sync('perf', 'Failed');
      expect((await shop.current('checkout', 'prod'))?.verdicts).toMatchObject([{ gate: 'sources', outcome: 'fail', message: expect.stringContaining('perf: ') }]);
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod'));
    });

    it('soak each for themselves, and the later one decides', async () => {
      const shop = await liveShop({ prod: '      gates: [{ name: tested, type: health, soak: 1h }]' });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('qa');
      await shop.sync('perf');
      const verdict = (await shop.current('checkout', 'prod'))?.verdicts[0];
      expect(verdict).toMatchObject({ gate: 'tested', outcome: 'wait', message: expect.stringMatching(/^qa: soaking in qa, .*; perf: soaking in perf, /), until: expect.any(Number) });
    });

    it('are asked for a status on the commit that is taken', async () => {
      const shop = await liveShop({ prod: '      gates: [{ name: unit, type: check, context: ci/test }]' });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('qa');
      await shop.sync('perf');
      const { candidate, verdicts } = (await shop.current('checkout', 'prod'))!;
      expect(verdicts).toMatchObject([{ gate: 'sources', outcome: 'pass' }, { gate: 'unit', outcome: 'wait' }]);
      await world().forge.statuses.set(shop.id, candidate.source, [{ context: 'ci/test', state: 'success', description: '', by: 'ci' }]);
      await shop.settle();
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    });

    it('never promote what one of them owns, whichever it is composed from', async () => {
      const owned = `    - { kind: Deployment, fields: [spec.replicas], environments: [dev, qa, perf] }
    - { path: "**/env/**", environments: [qa, perf] }`;
      const shop = await liveShop({ perf: LATE, owned });
      await shop.commit('qa', { 'apps/checkout/env/host.yaml': 'host: qa\n' });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('qa');
      await merge(shop, 'perf');
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
      await shop.sync('qa');
      await shop.sync('perf');
      await merge(shop, 'perf');
      await shop.sync('perf');
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
      expect(await shop.file('prod', 'apps/checkout/env/host.yaml')).toBeUndefined();
    }, LONG);

    it('keep an open request when the one it was composed from moves on: approvals stay', async () => {
      const shop = await liveShop({ prod: `${APPROVED}\n      onNewSource: wait` });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('qa');
      await shop.sync('perf');
      const before = await shop.current('checkout', 'prod');
      expect(before).toMatchObject({ from: 'qa', verdicts: [{ gate: 'sources', outcome: 'pass' }, { gate: 'approvals', outcome: 'wait' }] });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
      await shop.sync('qa');
      expect((await shop.current('checkout', 'prod'))?.candidate.digest).toBe(before?.candidate.digest);
      await shop.approve('checkout', 'prod', 'grace');
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
    });

    it('do not offer what one of them has gone back from', async () => {
      const shop = await liveShop({ perf: LATE });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('qa');
      await shop.checkout('qa');
      await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
      await shop.push('qa');
      await shop.sync('qa');
      await merge(shop, 'perf');
      await shop.sync('perf');
      expect(await shop.current('checkout', 'prod')).toBeUndefined();
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod'));
    });

    it('hold what was undone in the target, whichever it came from, until the source changes it', async () => {
      const shop = await liveShop({ perf: LATE });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('qa');
      await merge(shop, 'perf');
      await shop.sync('perf');
      await shop.checkout('prod');
      await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
      await shop.push('prod');
      await shop.settle();
      expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held', message: expect.stringContaining('was undone on prod') });
      await shop.commit('dev', { 'apps/checkout/notes.txt': 'unrelated\n' });
      await shop.sync('qa');
      await merge(shop, 'perf');
      await shop.sync('perf');
      expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held' });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
      await shop.sync('qa');
      await merge(shop, 'perf');
      await shop.sync('perf');
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
      expect(await shop.file('prod', 'apps/checkout/notes.txt')).toBe('unrelated\n');
    }, LONG);

    it('name the authors of what comes, down to the first environment and through the source that it is taken from', async () => {
      const shop = await liveShop({ perf: LATE, prod: APPROVED });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) }, { as: 'grace' });
      await shop.sync('qa');
      await merge(shop, 'perf');
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) }, { as: 'bob' });
      await shop.sync('qa');
      await shop.sync('perf');
      const open = await shop.current('checkout', 'prod');
      expect(open?.authors.map(({ person }) => person)).toContain('grace');
      expect(open?.authors.map(({ person }) => person)).not.toContain('bob');
      await merge(shop, 'prod');
      await merge(shop, 'perf');
      await shop.sync('perf');
      expect((await shop.current('checkout', 'prod'))?.authors.map(({ person }) => person)).toEqual(['bob']);
    }, LONG);

    it('show what they are asked in the request, in why and in the matrix', async () => {
      const shop = await liveShop({ perf: LATE });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('qa');
      await merge(shop, 'perf');
      const open = (await shop.current('checkout', 'prod'))!;
      const request = (await shop.requests()).find(({ number }) => number === open.change?.number);
      expect(request?.body).toContain('Composed from `qa`. All of these have to have had it live:');
      expect(request?.body).toContain(`- \`perf\` has it as \`${await shop.head('perf')}\``);
      const { ports } = world();
      const why = await new ReadWhy(ports, ports.clock).run({ repository: shop.id, environment: environmentName('prod') });
      expect(why.items).toMatchObject([{ application: 'checkout', message: 'waits for sources', verdicts: [{ gate: 'sources', clearedBy: 'the agents of perf, when they report it healthy' }] }]);
      const plan = await new PlanPromotions(ports).run({ repository: shop.id, environment: environmentName('prod') });
      expect(plan).toMatchObject([{ application: 'checkout', outcome: 'change', source: open.candidate.source, gates: [{ gate: 'sources', outcome: 'wait' }] }]);
      const matrix = await new ReadMatrix({ ...ports, unownedPaths: new UnownedPaths(ports.mirrors) }, ports.clock).run(shop.id);
      expect(matrix.environments.at(-1)).toMatchObject({ name: 'prod', from: ['qa', 'perf'] });
      await shop.sync('perf');
      const after = await new ReadMatrix({ ...ports, unownedPaths: new UnownedPaths(ports.mirrors) }, ports.clock).run(shop.id);
      expect(after.cells.find(({ environment, application }) => environment === 'prod' && application === 'checkout')).toMatchObject({ origin: await shop.head('dev') });
    });

    it('wait for an environment that has got nothing yet', async () => {
      const start = diamond({ perf: LATE });
      const shop = await world().repository({ ...start, perf: { 'README.md': 'nothing yet\n' }, prod: { 'README.md': 'nothing yet\n' } });
      expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'waiting', message: 'nothing of checkout has been promoted to perf yet; prod takes what has been live in all of qa and perf' });
    });
  });

  describe('of which any will do', () => {
    const ANY = { from: '{ any: [qa, perf] }' };

    it('give it as soon as the first has had it live, and not again when another one has', async () => {
      const shop = await liveShop({ ...ANY, qa: LATE });
      const origin = await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.sync('perf');
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', TWO));
      expect(await takenFrom(shop, 'prod')).toBe('perf');
      await merge(shop, 'qa');
      await shop.sync('qa');
      expect(await originIn(shop, 'prod')).toBe(origin);
      expect(await shop.promotions('checkout', 'prod')).toHaveLength(2);
      expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'in-sync' });
    });

    it('never give anything older than what the target has', async () => {
      const shop = await liveShop({ ...ANY, qa: LATE });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.settle();
      const old = (await shop.current('checkout', 'qa'))!;
      await shop.sync('perf');
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
      await shop.sync('perf');
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
      expect(old.candidate.source).not.toBe(await shop.head('dev'));
      await shop.sync('qa');
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
      expect(await shop.current('checkout', 'prod')).toBeUndefined();
    });

    it('give a later change by another one that had skipped what the target has', async () => {
      const owned = '    - { kind: Deployment, fields: [spec.replicas], environments: [dev, qa, perf] }';
      const shop = await liveShop({ ...ANY, qa: LATE, perf: LATE, owned });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO), 'apps/checkout/extra.yaml': 'a: 1\n' });
      await shop.settle();
      await merge(shop, 'perf');
      await shop.sync('perf');
      expect(await takenFrom(shop, 'prod')).toBe('perf');
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE), 'apps/checkout/extra.yaml': null }, { as: 'bob' });
      await shop.settle();
      await merge(shop, 'qa');
      await shop.sync('qa');
      expect(await takenFrom(shop, 'prod')).toBe('qa');
      expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
      expect(await shop.file('prod', 'apps/checkout/extra.yaml')).toBeUndefined();
    }, LONG);

    it.each(['squash', 'rebase', 'merge'] as const)('lead to the authors, whichever each promotion was taken from, merged by %s', async (mergeMethod) => {
      const shop = await liveShop({ ...ANY, qa: LATE, perf: LATE, more: `    - name: live\n      branch: live\n      from: [prod]\n${APPROVED}`, live: true }, { mergeMethod });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) }, { as: 'grace' });
      await shop.settle();
      await merge(shop, 'perf');
      await shop.sync('perf');
      await merge(shop, 'live');
      await merge(shop, 'qa');
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) }, { as: 'bob' });
      await shop.settle();
      await merge(shop, 'qa');
      await shop.sync('qa');
      expect(await takenFrom(shop, 'prod')).toBe('qa');
      expect((await shop.current('checkout', 'live'))?.authors.map(({ person }) => person)).toEqual(['bob']);
    }, LONG);

    it('say in the request which was taken', async () => {
      const shop = await liveShop({ ...ANY, qa: LATE });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
      await shop.settle();
      const open = (await shop.current('checkout', 'prod'))!;
      expect(open).toMatchObject({ from: 'perf', verdicts: [{ gate: 'sources', outcome: 'wait' }] });
      expect((await shop.requests()).find(({ number }) => number === open.change?.number)?.body).toContain('Taken from `perf`; any of `qa`, `perf` would have done.');
    });
  });

  it('that were one before: what was promoted from it stays the base', async () => {
    const shop = await world().repository(diamond({ from: '[qa]' }));
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.settle();
    expect(await takenFrom(shop, 'prod')).toBe('qa');
    await shop.commit('main', { 'sluice.yaml': diamondPipeline() });
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) });
    await shop.sync('qa');
    await shop.sync('perf');
    expect((await shop.promotions('checkout', 'prod')).map(({ candidate }) => candidate.kind)).toEqual(['change', 'change', 'record-only']);
    expect(await shop.file('prod', CHECKOUT)).toBe(checkoutIn('prod', THREE));
  });
});

describeWorlds('two targets of one source', (world) => {
  it('go each at their own pace, behind gates of their own, and what comes behind both waits for the later one', async () => {
    const shop = await world().repository(diamond({ qa: '      gates: [{ name: dev-healthy, type: health, soak: 0s }]', perf: '      gates: [{ name: go, type: manual }]' }));
    await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) });
    await shop.settle();
    const everywhere = async () => [await shop.file('qa', CHECKOUT), await shop.file('perf', CHECKOUT), await shop.file('prod', CHECKOUT)];
    expect(await everywhere()).toEqual([checkoutIn('qa'), checkoutIn('perf'), checkoutIn('prod')]);
    await shop.sync('dev');
    await shop.sync('qa');
    expect(await everywhere()).toEqual([checkoutIn('qa', TWO), checkoutIn('perf'), checkoutIn('prod')]);
    const late = (await shop.current('checkout', 'perf'))!;
    expect(late).toMatchObject({ from: 'dev', verdicts: [{ gate: 'go', outcome: 'wait' }] });
    await new DecidePromotion(world().ports).clear({ repository: shop.id, promotion: late.id, digest: late.candidate.digest, person: personName('ada'), gate: 'go', reason: 'measured', door: 'api' });
    await shop.sync('perf');
    expect(await everywhere()).toEqual([checkoutIn('qa', TWO), checkoutIn('perf', TWO), checkoutIn('prod', TWO)]);
  });
});
