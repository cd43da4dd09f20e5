import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

const MOVED = 'apps/cart/checkout.yaml';
const prod = (fields: Parameters<typeof deployment>[1] = {}): string => deployment('checkout', { replicas: 4, registry: 'registry.prod.example.org', ...fields });
const backflows = async (shop: Shop) => (await shop.requests()).filter(({ sourceBranch, state }) => sourceBranch.startsWith('sluice/backflow/') && state === 'open');
const shownIn = async (shop: Shop, application: string) => (await shop.why(application, 'prod')).filter(({ condition }) => condition === 'target-only').flatMap(({ verdicts }) => verdicts.map(({ message }) => message));

// Design, "Rollback, hold, backflow, waves": target-only content is shown at once and returned by a request.
describeWorlds('a hotfix in an object that moves', (world) => {
  const ANCHOR = { 'apps/checkout/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n' };
  async function withHotfix(): Promise<Shop> {
    const files = branches();
    const shop = await world().repository(Object.fromEntries(Object.entries(files).map(([branch, own]) => [branch, branch === 'main' ? own : { ...own, ...ANCHOR }])));
    await shop.commit('prod', { [CHECKOUT]: prod({ level: 'debug' }) }, { as: 'bob', message: 'More logs' });
    await shop.settle();
    expect(await backflows(shop)).toHaveLength(1);
    return shop;
  }

  it('to another file of its application stays, is still shown as whose it is, and is still returned', async () => {
    const shop = await withHotfix();
    await shop.commit('dev', { [CHECKOUT]: null, 'apps/checkout/web.yaml': deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('prod', 'apps/checkout/web.yaml')).toBe(prod({ tag: '2.0', level: 'debug' }));
    expect(await shownIn(shop, 'checkout')).toEqual([expect.stringContaining('bob')]);
    expect(await backflows(shop)).toHaveLength(1);
  });

  it('to another application stays, is still shown as whose it is, and is returned to where it is now', async () => {
    const shop = await withHotfix();
    await shop.commit('dev', { [CHECKOUT]: null, [MOVED]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '2.0' }) });
    await shop.settle();
    expect(await shop.file('prod', MOVED)).toBe(prod({ tag: '2.0', level: 'debug' }));
    expect(await shownIn(shop, 'cart')).toEqual([expect.stringContaining('bob')]);
    expect(await shownIn(shop, 'checkout')).toEqual([]);
    expect((await backflows(shop)).map(({ sourceBranch }) => sourceBranch)).toEqual(['sluice/backflow/dev/cart/prod']);
  });
});
