import { describeWorlds } from './describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import type { Shop } from './world.fixture.js';

const SOAK = '      gates: [{ name: qa-healthy, type: health, soak: 1h }]';
const MINUTE = 60_000;

// What hurts elsewhere: health that is unknown for minutes, autoscaling that is taken for a fault, a red gate that keeps its own fix out.
describeWorlds('the health of the source', (world) => {
  const released = async (tag: string): Promise<Shop> => {
    const shop = await world().repository(branches({ prod: SOAK }));
    await shop.sync('qa');
    await release(shop, tag);
    return shop;
  };
  const release = async (shop: Shop, tag: string): Promise<void> => {
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag }) });
    await shop.settle();
  };
  const later = async (shop: Shop, minutes: number): Promise<void> => {
    await world().setClock(new Date(world().ports.clock() + minutes * MINUTE).toISOString());
    await shop.workOff();
  };
  const tagOnProd = async (shop: Shop): Promise<string | undefined> => /:([\d.]+)\n/.exec((await shop.file('prod', CHECKOUT)) ?? '')?.[1];
  const verdict = async (shop: Shop, application = 'checkout') => (await shop.current(application, 'prod'))?.verdicts.find(({ gate }) => gate === 'qa-healthy');

  it.each([['autoscaling', 'InProgress'], ['a cluster that does not know for a while', 'Unknown']] as const)('%s costs no soak: the hour goes on', async (_, health) => {
    const shop = await released('2.0');
    await shop.sync('qa');
    await later(shop, 30);
    await shop.sync('qa', health);
    await later(shop, 29);
    expect(await tagOnProd(shop)).toBe('1.0');
    await later(shop, 2);
    expect(await tagOnProd(shop)).toBe('2.0');
  });

  it('what has not been healthy yet does not begin to soak, and why says what it is waiting for', async () => {
    const shop = await released('2.0');
    await shop.sync('qa', 'InProgress');
    await later(shop, 120);
    expect(await verdict(shop)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('InProgress there'), clearedBy: 'the agents of qa, when they report it healthy' });
    expect(await tagOnProd(shop)).toBe('1.0');
  });

  it('a fault takes the hour back, says which cluster, and recovery begins it again', async () => {
    const shop = await released('2.0');
    await shop.sync('qa');
    await later(shop, 59);
    await shop.sync('qa', 'Failed');
    expect(await verdict(shop)).toMatchObject({ outcome: 'fail', message: expect.stringMatching(/is Failed in .*qa/), clearedBy: expect.stringContaining('its recovery in') });
    await later(shop, 10);
    await shop.sync('qa');
    await later(shop, 59);
    expect(await tagOnProd(shop)).toBe('1.0');
    await later(shop, 2);
    expect(await tagOnProd(shop)).toBe('2.0');
  });

  it('a fault of one application holds no other', async () => {
    const shop = await world().repository(branches({ prod: SOAK }));
    await shop.sync('qa');
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '2.0' }) });
    const commit = await shop.sync('qa');
    await shop.report('qa', commit, 'Failed', [{ path: CART, message: 'no such image' }]);
    await shop.settle();
    await later(shop, 61);
    expect(await tagOnProd(shop)).toBe('2.0');
    expect(await verdict(shop, 'cart')).toMatchObject({ outcome: 'fail', message: expect.stringContaining('no such image') });
  });

  it('is fixed forward while it is red: the fix reaches the broken environment, and goes on alone', async () => {
    const shop = await released('2.0');
    await shop.sync('qa', 'Failed');
    expect(await verdict(shop)).toMatchObject({ outcome: 'fail' });
    await release(shop, '2.1');
    expect(await shop.file('qa', CHECKOUT)).toContain(':2.1');
    await shop.sync('qa');
    await later(shop, 61);
    expect(await tagOnProd(shop)).toBe('2.1');
    expect((await shop.promotions('checkout', 'prod')).filter(({ candidate, mergedAs }) => candidate.kind === 'change' && mergedAs)).toHaveLength(1);
  });

  it('of the target itself keeps nothing out: what has failed there gets its fix', async () => {
    const shop = await released('2.0');
    await shop.sync('qa');
    await later(shop, 61);
    await shop.sync('prod', 'Failed');
    await release(shop, '2.1');
    await shop.sync('qa');
    await later(shop, 61);
    expect(await tagOnProd(shop)).toBe('2.1');
  });
});
