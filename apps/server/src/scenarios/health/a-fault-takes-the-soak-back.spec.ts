import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { SOAK, soakSteps, tagOnProd, verdict } from './soaking.fixture.js';

describeWorlds('the health of the source', (world) => {
  const { released, later } = soakSteps(world);

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
});
