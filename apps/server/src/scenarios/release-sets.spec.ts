import { applicationName, environmentName, personName } from '@sluice/kernel';
import { PlanPromotions } from '@sluice/usecases';
import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import type { PipelineFields } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import type { Shop } from './world.fixture.js';

const MANUAL = '      merge: manual';
const APPROVED = '      approvals: { required: 1, from: [group:release-managers], excludeAuthors: true, excludeRequester: true }';
const HEALTHY = '      gates:\n        - { name: qa-healthy, type: health }';
const SET = '  releaseSets:\n    - { name: shop-release, applications: [cart, checkout], environments: [prod] }\n';

const withSet = (fields: PipelineFields = {}, set = SET): ReturnType<typeof branches> => {
  const files = branches(fields);
  return { ...files, main: { 'sluice.yaml': `${files['main']?.['sluice.yaml'] ?? ''}${set}` } };
};
const prodImage = (name: string, tag: string): string => deployment(name, { tag, replicas: 4, registry: 'registry.prod.example.org' });

// Design, "Lifecycle": a release set is one request with one digest in one repository.
describeWorlds('a release set', (world) => {
  const repository = (fields: PipelineFields = {}, set?: string): Promise<Shop> => world().repository(withSet(fields, set));
  const both = { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '2.0' }) };
  const requestsTo = async (shop: Shop, branch: string) => (await shop.requests()).filter(({ targetBranch }) => targetBranch === branch);

  it('is promoted by one request, and its applications go by themselves elsewhere', async () => {
    const shop = await repository({ prod: MANUAL });
    const before = (await requestsTo(shop, 'qa')).length;
    await shop.commit('dev', both);
    await shop.settle();
    expect((await requestsTo(shop, 'qa')).length).toBe(before + 2);
    const open = (await requestsTo(shop, 'prod')).filter(({ state }) => state === 'open');
    expect(open.map(({ title }) => title)).toEqual([expect.stringMatching(/^Promote shop-release \(checkout, cart\) to prod from qa@/)]);
    expect(open[0]?.body).toContain('Brings **shop-release (checkout, cart)** from `qa` to `prod`');
    const promotion = await shop.current('checkout', 'prod');
    expect((await shop.promotions('cart', 'prod'))[0]?.id).toBe(promotion?.id);
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'waiting', goesWith: 'checkout', message: 'goes with checkout (release set shop-release)' });
    expect((await shop.why('cart', 'prod')).map((item) => item.promotion?.id)).toContain(promotion?.id);
    await shop.mergeOnForge(promotion!.change!.number, promotion!.candidate.head);
    await shop.settle();
    for (const name of ['checkout', 'cart']) {
      expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '2.0'));
      expect(await shop.file('prod', `.sluice/prod/${name}.yaml`)).toContain(`promotion: ${promotion?.id}`);
      expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'in-sync' });
    }
  });

  it('is planned as one', async () => {
    const shop = await repository({ prod: MANUAL });
    await shop.commit('dev', both);
    await shop.settle();
    const items = await new PlanPromotions(world().ports).run({ repository: shop.id, environment: environmentName('prod') });
    expect(items.map(({ application, outcome, together, digest }) => ({ application, outcome, together, digest }))).toEqual(['checkout', 'cart'].map((application) => ({ application, outcome: 'change', together: ['checkout', 'cart'], digest: undefined })));
    expect(items[0]?.message).toContain('it would be merged as one with cart (release set shop-release)');
  });

  it('is planned as one also where what comes first is not merged yet', async () => {
    const shop = await repository({ qa: MANUAL, prod: MANUAL });
    await shop.commit('dev', both);
    await shop.settle();
    const items = await new PlanPromotions(world().ports).run({ repository: shop.id, revision: 'dev' });
    expect(items.map(({ environment, application, outcome, after, together }) => [environment, application, outcome, after, together])).toEqual([
      ['qa', 'checkout', 'change', undefined, undefined],
      ['qa', 'cart', 'change', undefined, undefined],
      ['prod', 'checkout', 'change', 'qa', ['checkout', 'cart']],
      ['prod', 'cart', 'change', 'qa', ['checkout', 'cart']],
    ]);
  });

  it('with an open request stays as it is under its reviewers, or follows its source, as the environment says', async () => {
    for (const [onNewSource, members] of [['wait', ['2.0', '2.0']], ['update', ['2.0', '2.1']]] as const) {
      const shop = await repository({ prod: `${MANUAL}\n      onNewSource: ${onNewSource}` });
      await shop.commit('dev', both);
      await shop.settle();
      const before = await shop.current('checkout', 'prod');
      await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.1' }) });
      await shop.settle();
      const after = await shop.current('checkout', 'prod');
      expect(after?.id === before?.id).toBe(onNewSource === 'wait');
      expect(after?.change).toEqual(before?.change);
      await shop.mergeOnForge(after!.change!.number, after!.candidate.head);
      expect([await shop.file('prod', CHECKOUT), await shop.file('prod', CART)]).toEqual([prodImage('checkout', members[0]), prodImage('cart', members[1])]);
      await shop.settle();
      const rest = await shop.current('checkout', 'prod');
      expect(rest?.candidate.changedPaths).toEqual(onNewSource === 'wait' ? [CART] : undefined);
    }
  });

  it('is stopped by a freeze of one of them', async () => {
    const shop = await repository();
    await world().ports.freezes.add({ id: `freeze-${shop.id}`, repository: shop.id, environment: environmentName('prod'), application: applicationName('cart'), reason: 'stocktaking', by: personName('grace'), at: world().ports.clock() });
    await shop.commit('dev', { [CHECKOUT]: both[CHECKOUT] });
    await shop.settle();
    expect((await shop.current('checkout', 'prod'))?.verdicts).toContainEqual(expect.objectContaining({ gate: 'freeze', outcome: 'wait', message: expect.stringContaining('stocktaking') }));
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '1.0'));
  });

  it('goes also when only one of them has changed, and the other one is not touched', async () => {
    const shop = await repository();
    const before = await shop.head('prod');
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
    expect(await shop.git('rev-list', '--count', `${before}..${await shop.head('prod')}`)).toBe('1');
    expect(await shop.git('diff', '--name-only', before, await shop.head('prod'))).toBe(['.sluice/prod/cart.yaml', '.sluice/prod/checkout.yaml', CART].join('\n'));
    await shop.sync('prod');
    expect((await shop.promotions('checkout', 'prod'))[0]).toMatchObject({ state: 'live' });
  });

  it('waits for the health of each of them in the source', async () => {
    const shop = await repository({ prod: HEALTHY });
    await shop.commit('dev', both);
    await shop.sync('qa', 'Failed');
    const verdict = (await shop.current('checkout', 'prod'))?.verdicts.find(({ gate }) => gate === 'qa-healthy');
    expect(verdict).toMatchObject({ outcome: 'fail', evidence: { checkout: 'fail', cart: 'fail' } });
    await shop.sync('qa');
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '2.0'));
  });

  it('is approved once, by nobody who wrote any of it', async () => {
    const shop = await repository({ prod: APPROVED });
    await shop.commit('dev', { [CHECKOUT]: both[CHECKOUT] }, { as: 'ada' });
    await shop.commit('dev', { [CART]: both[CART] }, { as: 'grace' });
    await shop.settle();
    expect((await shop.current('checkout', 'prod'))?.authors.map(({ person }) => person).sort()).toEqual(['ada', 'grace']);
    await expect(shop.approve('checkout', 'prod', 'grace')).rejects.toThrow('an author may not approve');
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '1.0'));
  });

  it('is for people who may promote all of it', async () => {
    const roles = '  roles:\n    - { role: approver, who: [group:release-managers], applications: [checkout], environments: [prod] }\n    - { role: promoter, who: [group:developers], environments: [qa] }\n';
    const shop = await repository({ prod: APPROVED }, `${SET}${roles}`);
    await shop.commit('dev', both);
    await shop.settle();
    await expect(shop.approve('checkout', 'prod', 'grace')).rejects.toThrow('you are not approver of cart in prod');
    await expect(shop.promote('checkout', 'prod', 'grace')).rejects.toThrow('you are not promoter of cart in prod');
  });

  it('waits while one of them is held, and names it', async () => {
    const shop = await repository();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    await shop.checkout('prod');
    await shop.gitAs('bob', 'revert', '--no-edit', 'HEAD');
    await shop.push('prod');
    await shop.settle();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held', message: expect.stringMatching(/^cart: .* was undone on prod by/) });
    expect((await shop.why('cart', 'prod')).map(({ message }) => message)).toContainEqual(expect.stringContaining('was undone on prod by'));
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '1.0'));
    await shop.promote('cart', 'prod');
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '3.0'));
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
  });

  it('waits while one of them conflicts, and lands whole when that is resolved on its branch', async () => {
    const shop = await repository();
    await shop.commit('prod', { [CART]: deployment('cart', { tag: '1.0', level: 'warn', replicas: 4, registry: 'registry.prod.example.org' }) }, { as: 'bob' });
    await shop.settle();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '2.0', level: 'debug' }) });
    await shop.settle();
    const lane = await shop.lane('checkout', 'prod');
    expect(lane).toMatchObject({ condition: 'conflicted', conflicts: [{ path: CART }] });
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '1.0'));
    const branch = 'sluice/promote/prod/checkout';
    await shop.commit(branch, { [CART]: deployment('cart', { tag: '2.0', level: 'error', replicas: 4, registry: 'registry.prod.example.org' }) }, { as: 'bob' });
    await shop.settle();
    expect(await shop.file('prod', CART)).toContain('value: error');
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '2.0'));
  });

  it('is closed as one, and offered again when one of them changes', async () => {
    const shop = await repository({ prod: MANUAL });
    await shop.commit('dev', both);
    await shop.settle();
    await shop.reject('checkout', 'prod', 'ada');
    expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'closed' });
    expect(await shop.lane('cart', 'prod')).toMatchObject({ condition: 'waiting', message: expect.stringContaining('closed by ada') });
    await shop.settle();
    expect(await shop.current('checkout', 'prod')).toBeUndefined();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.1' }) });
    await shop.settle();
    expect((await shop.current('checkout', 'prod'))?.candidate.members).toHaveLength(2);
  });

  it('can be left and joined: nothing is adopted, nothing stays open', async () => {
    const shop = await repository({ prod: MANUAL });
    await shop.commit('dev', both);
    await shop.settle();
    const together = await shop.current('checkout', 'prod');
    await shop.commit('main', { 'sluice.yaml': branches({ prod: MANUAL })['main']?.['sluice.yaml'] ?? '' });
    await shop.settle();
    const alone = [await shop.current('checkout', 'prod'), await shop.current('cart', 'prod')];
    expect(alone.map((promotion) => [promotion?.application, promotion?.candidate.kind, promotion?.candidate.members])).toEqual([['checkout', 'change', undefined], ['cart', 'change', undefined]]);
    expect((await shop.promotions('cart', 'prod')).find(({ id }) => id === together?.id)).toMatchObject({ state: 'superseded' });
    await shop.commit('main', { 'sluice.yaml': withSet({ prod: MANUAL })['main']?.['sluice.yaml'] ?? '' });
    await shop.settle();
    expect(await shop.current('cart', 'prod')).toBeUndefined();
    const again = await shop.current('checkout', 'prod');
    expect(again?.candidate.digest).toBe(together?.candidate.digest);
    expect((await requestsTo(shop, 'prod')).filter(({ state }) => state === 'open')).toHaveLength(1);
    await shop.mergeOnForge(again!.change!.number, again!.candidate.head);
    await shop.commit('main', { 'sluice.yaml': branches()['main']?.['sluice.yaml'] ?? '' });
    await shop.settle();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.1' }) });
    await shop.settle();
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.1'));
    expect((await shop.promotions('cart', 'prod'))[0]?.candidate).toMatchObject({ kind: 'change', changedPaths: [CART] });
  });

  it('goes back as one, whichever of them somebody names', async () => {
    const shop = await repository();
    await shop.commit('dev', both);
    await shop.settle();
    const [promotion] = await shop.promotions('cart', 'prod');
    expect(await shop.rollBack('cart', 'prod')).toEqual([promotion?.id]);
    for (const name of ['checkout', 'cart']) {
      expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '1.0'));
      expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'held' });
    }
    expect((await shop.promotions('checkout', 'prod')).find(({ id }) => id === promotion?.id)).toMatchObject({ state: 'rolled-back' });
    await shop.promote('checkout', 'prod');
    for (const name of ['checkout', 'cart']) expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '2.0'));
  });

  it('does not go back where one of them has been promoted by itself since: that goes back first', async () => {
    const shop = await repository();
    await shop.commit('dev', both);
    await shop.settle();
    await shop.commit('main', { 'sluice.yaml': branches()['main']?.['sluice.yaml'] ?? '' });
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    await expect(shop.rollBack('checkout', 'prod')).rejects.toThrow(/was merged for .* as one, and cart has had .* since: roll that back first \(sluice rollback prod cart\)/);
    await shop.rollBack('cart', 'prod');
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
    await shop.rollBack('checkout', 'prod');
    for (const name of ['checkout', 'cart']) expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '1.0'));
  });

  it('is restored from git without a duplicate', async () => {
    const shop = await repository({ prod: MANUAL });
    await shop.commit('dev', both);
    await shop.settle();
    const merged = await shop.current('checkout', 'prod');
    await shop.mergeOnForge(merged!.change!.number, merged!.candidate.head);
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    const open = await shop.current('checkout', 'prod');
    const requests = (await shop.requests()).length;
    await world().loseDatabase();
    await shop.rebuild();
    await shop.settle();
    const after = await shop.current('checkout', 'prod');
    expect(after).toMatchObject({ id: open?.id, change: open?.change, candidate: { digest: open?.candidate.digest, fingerprint: open?.candidate.fingerprint, set: 'shop-release', members: open?.candidate.members } });
    expect((await shop.promotions('cart', 'prod')).map(({ id }) => id)).toContain(merged?.id);
    expect((await shop.requests()).length).toBe(requests);
    expect(await shop.lane('cart', 'prod')).toMatchObject({ goesWith: 'checkout' });
    expect(await shop.rollBack('cart', 'prod')).toEqual([merged?.id]);
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '1.0'));
  });
});
