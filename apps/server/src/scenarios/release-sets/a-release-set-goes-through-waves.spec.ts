import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, inWaves, release, stateOf } from '../fleet.fixture.js';
import { CART, CHECKOUT } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { inQa, setInWavesSteps } from './set-in-waves.fixture.js';

describeWorlds('a release set in waves', (world) => {
  const { sources } = setInWavesSteps(world);

  const fleet = new Fleet(world);

  async function releasedOnce(onDegraded: string): Promise<Shop> {
    const shop = await sources(inWaves(onDegraded));
    await shop.enrol('qa', 'canary', { canary: 'true' });
    for (const name of ['eu', 'us']) await shop.enrol('qa', name);
    await fleet.sync(shop, 'canary', 'eu', 'us');
    await release(shop, '2.0', 'cart-2.0');
    await fleet.rollOut(shop);
    expect([await stateOf(shop, 'checkout'), await stateOf(shop, 'cart')]).toEqual(['live', 'live']);
    return shop;
  }

  it('goes through the waves as one promotion, and is live when the last cluster has both', async () => {
    const shop = await releasedOnce('report');
    await release(shop, '3.0', 'cart-3.0');
    await fleet.sync(shop, 'canary');
    expect((await shop.rollout('qa')).promotions).toHaveLength(1);
    expect(await stateOf(shop, 'cart')).toBe('rolling-out');
    await fleet.pass(shop, 15, 'canary', 'eu');
    expect(await stateOf(shop, 'checkout')).toBe('rolling-out');
    await fleet.sync(shop, 'us');
    expect([await stateOf(shop, 'checkout'), await stateOf(shop, 'cart')]).toEqual(['live', 'live']);
  });

  it('goes back whole when one of its applications fails in the canary', async () => {
    const shop = await releasedOnce('rollback');
    await release(shop, '3.0', 'cart-3.0');
    await shop.syncCluster('qa', 'canary', 'Failed', [{ path: CART, message: 'no such image' }]);
    expect(await shop.file('qa', CHECKOUT)).toBe(inQa('checkout', '2.0'));
    expect(await shop.file('qa', CART)).toBe(inQa('cart', 'cart-2.0'));
    expect((await shop.rollout('qa')).rollout).toMatchObject({ state: 'ended', end: 'rolled-back' });
    expect((await shop.why('checkout', 'qa')).map(({ message }) => message).join()).toContain('was undone on qa');
  });

  it('is not rolled back in part while it rolls out: naming one of them takes both', async () => {
    const shop = await releasedOnce('report');
    await release(shop, '3.0', 'cart-3.0');
    await fleet.sync(shop, 'canary');
    expect(await shop.rollBack('cart', 'qa')).toHaveLength(1);
    expect(await shop.file('qa', CHECKOUT)).toBe(inQa('checkout', '2.0'));
    expect(await shop.file('qa', CART)).toBe(inQa('cart', 'cart-2.0'));
  });
});
