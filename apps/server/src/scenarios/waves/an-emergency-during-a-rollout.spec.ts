import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release, stateOf } from '../fleet.fixture.js';
import { CART } from '../shop.fixture.js';
import { SRE, running } from './running.fixture.js';

describeWorlds('a batch that is going out in waves', (world) => {
  const fleet = new Fleet(world);

  it('takes an emergency along, from the first wave, and nobody jumps the waves by it', async () => {
    const shop = await fleet.released('report', SRE);
    await release(shop, '3.0');
    await fleet.sync(shop, 'canary');
    await fleet.pass(shop, 15, 'canary');
    const inTwo = await shop.assigned('qa');
    expect(await running(shop)).toMatchObject({ wave: 1 });
    await release(shop, 'cart-3.0');
    await shop.override('cart', 'qa', 'rollout', 'eve');
    expect(await shop.file('qa', CART)).toContain('cart:cart-3.0');
    const merged = await shop.head('qa');
    expect(await shop.assigned('qa')).toEqual({ ...inTwo, canary: merged });
    expect(await running(shop)).toMatchObject({ wave: 0, promotions: [expect.any(String), expect.any(String)] });
    await fleet.rollOut(shop);
    expect([await stateOf(shop, 'checkout'), await stateOf(shop, 'cart')]).toEqual(['live', 'live']);
  });
});
