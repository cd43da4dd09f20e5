import { environmentName } from '@sluice/kernel';
import { PlanPromotions } from '@sluice/usecases';
import type { PlanItem } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { MANUAL, both, withSet } from '../release-sets/set.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

const SHARED = { checkout: 'apps/checkout/shared.yaml', cart: 'apps/cart/shared.yaml' };
const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shared }\ndata: { a: b }\n';
const TOGETHER = ['checkout', 'cart'];

// A plan shows exactly what would be merged: planned, then promoted, the digests are the same.
describeWorlds('a plan of applications that go together', (world) => {
  const plan = (shop: Shop, environment: string, revision?: string): Promise<readonly PlanItem[]> => new PlanPromotions(world().ports).run({ repository: shop.id, environment: environmentName(environment), ...(revision !== undefined && { revision }) });

  async function expectSame(shop: Shop, items: readonly PlanItem[], target: string): Promise<void> {
    const [promotion] = await shop.promotions('checkout', target);
    expect(items.map(({ application, together, digest }) => ({ application, together, digest }))).toEqual(TOGETHER.map((application) => ({ application, together: TOGETHER, digest: promotion?.candidate.digest })));
    // each is shown once, with the application that it is of; what moves, where it is then
    const shown = items.flatMap(({ application, changes }) => changes.map(({ path }) => [application, path.split('/')[1], path]));
    expect(shown.every(([application, folder]) => application === folder)).toBe(true);
    expect((promotion?.candidate.changedPaths ?? []).filter((path) => path !== SHARED.checkout)).toEqual(shown.map(([, , path]) => path).toSorted());
  }

  it.each(['squash', 'merge', 'rebase'] as const)('has the digest of the promotion of a release set, merged by %s', async (mergeMethod) => {
    const shop = await world().repository(withSet({ prod: MANUAL }), { mergeMethod });
    await shop.commit('dev', both);
    await shop.settle();
    await expectSame(shop, await plan(shop, 'prod'), 'prod');
    await expectSame(shop, await plan(shop, 'prod', 'qa'), 'prod');
  });

  it('has it before anything of it is known to anybody', async () => {
    const shop = await world().repository(withSet({ qa: MANUAL }, '  releaseSets:\n    - { name: shop-release, applications: [cart, checkout], environments: [qa] }\n'));
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    const items = await plan(shop, 'qa', 'dev');
    await shop.settle();
    await expectSame(shop, items, 'qa');
  });

  it('has it where an object moves', async () => {
    const shop = await world().repository(branches({ qa: MANUAL }));
    await shop.commit('dev', { [SHARED.checkout]: MAP });
    await shop.settle();
    const open = await shop.current('checkout', 'qa');
    await shop.mergeOnForge(open!.change!.number, open!.candidate.head);
    await shop.settle();
    await shop.commit('dev', { [SHARED.checkout]: null, [SHARED.cart]: MAP });
    const items = await plan(shop, 'qa', 'dev');
    await shop.settle();
    await expectSame(shop, items, 'qa');
    expect(items.map(({ outcome }) => outcome)).toEqual(['change', 'change']);
  });

  it('shows the gates of all, and what stops one of them stops all', async () => {
    const shop = await world().repository(withSet({ prod: '      gates: [{ name: unit, type: check, context: ci/test }]' }));
    await shop.commit('dev', both);
    await shop.settle();
    const items = await plan(shop, 'prod');
    await expectSame(shop, items, 'prod');
    expect(items.map(({ gates }) => gates.map(({ gate, message }) => [gate, message]))).toEqual([0, 1].map(() => (items[0]?.gates ?? []).map(({ gate, message }) => [gate, message])));
    const [promotion] = await shop.promotions('checkout', 'prod');
    expect(items[0]?.gates.map(({ gate, outcome, message }) => [gate, outcome, message])).toEqual(promotion?.verdicts.map(({ gate, outcome, message }) => [gate, outcome, message]));
  });

  it('shows the conflict of one with all of them', async () => {
    const shop = await world().repository(withSet({ prod: MANUAL }));
    await shop.commit('prod', { [CART]: deployment('cart', { tag: '1.5', replicas: 4, registry: 'registry.prod.example.org' }) }, { as: 'bob' });
    await shop.settle();
    await shop.commit('dev', both);
    await shop.settle();
    expect((await plan(shop, 'prod')).map(({ application, outcome, together }) => [application, outcome, together])).toEqual(TOGETHER.map((application) => [application, 'conflict', TOGETHER]));
  });
});
