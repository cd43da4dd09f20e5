import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release } from '../fleet.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { before, running } from './running.fixture.js';

describeWorlds('people and a rollout in waves:', (world) => {
  const fleet = new Fleet(world);

  it('cannot roll back one of several in it, and can when it is the only one', async () => {
    const shop = await fleet.released('report');
    await release(shop, '3.0', 'cart-3.0');
    await expect(shop.rollBack('checkout', 'qa')).rejects.toThrow('checkout rolls out together with cart');
    expect(await shop.file('qa', CHECKOUT)).toBe(before('3.0'));
    await fleet.rollOut(shop);
    await release(shop, '4.0');
    await shop.rollBack('checkout', 'qa');
    expect(await shop.file('qa', CHECKOUT)).toBe(before('3.0'));
    expect(await running(shop)).toMatchObject({ state: 'ended', end: 'rolled-back' });
  });

  it('roll back what is everywhere: that goes everywhere at once', async () => {
    const shop = await fleet.released('report');
    await shop.rollBack('checkout', 'qa');
    expect(Object.values(await shop.assigned('qa'))).toEqual(Array(3).fill(await shop.head('qa')));
    expect(await running(shop)).toMatchObject({ state: 'ended' });
  });
});
