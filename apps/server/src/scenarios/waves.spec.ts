import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import type { Shop } from './world.fixture.js';

const WAVES = (onDegraded = 'report'): string => `      rollout: { waves: [{ clusters: { canary: "true" }, soak: 15m }, { clusters: {} }], onDegraded: ${onDegraded} }`;

// Design, "Rollback, hold, backflow, waves": what is merged into an environment reaches its clusters one wave after the other.
describeWorlds('waves', (world) => {
  /** dev → qa → prod, where qa has a canary and two more clusters, and all of them run what qa began with. */
  async function fleet(fields: Parameters<typeof branches>[0] = {}): Promise<Shop> {
    const shop = await world().repository(branches({ qa: WAVES(), prod: '      merge: manual', ...fields }));
    await shop.enrol('qa', 'canary', { canary: 'true' });
    for (const name of ['eu', 'us']) await shop.enrol('qa', name);
    for (const name of ['canary', 'eu', 'us']) await shop.syncCluster('qa', name);
    return shop;
  }
  let now = Date.parse('2031-03-01T10:00:00Z');
  const pass = async (shop: Shop, minutes: number): Promise<void> => {
    now += minutes * 60_000;
    await world().setClock(new Date(now).toISOString());
    await shop.workOff();
  };
  const release = async (shop: Shop, tag: string, path = CHECKOUT): Promise<void> => {
    await shop.commit('dev', { [path]: deployment(path === CART ? 'cart' : 'checkout', { tag }) });
    await shop.settle();
  };
  const states = async (shop: Shop): Promise<readonly string[]> => (await shop.promotions('checkout', 'qa')).map(({ state }) => state);
  beforeAll(() => pass({ workOff: async () => undefined } as unknown as Shop, 0));

  it('bring a merge to the canary at once, to the others after its soak, and it is live when all have it', async () => {
    const shop = await fleet();
    const before = await shop.head('qa');
    await release(shop, '2.0');
    const merged = await shop.head('qa');
    expect(await shop.assigned('qa')).toEqual({ canary: merged, eu: before, us: before });
    await shop.syncCluster('qa', 'canary');
    await pass(shop, 14);
    expect(await shop.assigned('qa')).toEqual({ canary: merged, eu: before, us: before });
    expect(await states(shop)).toEqual(['rolling-out']);
    await shop.syncCluster('qa', 'canary');
    await pass(shop, 1);
    await shop.syncCluster('qa', 'canary');
    expect(await shop.assigned('qa')).toEqual({ canary: merged, eu: merged, us: merged });
    await shop.syncCluster('qa', 'eu');
    expect(await states(shop)).toEqual(['rolling-out']);
    await shop.syncCluster('qa', 'us');
    expect(await states(shop)).toEqual(['live']);
    expect((await shop.rollout('qa')).message).toMatch(/^rollout qa-checkout-\w+ is done$/);
  });
});
