import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release } from '../fleet.fixture.js';
import { CART, CHECKOUT } from '../shop.fixture.js';
import { SRE, before, running } from './running.fixture.js';

describeWorlds('people and a rollout in waves:', (world) => {
  const fleet = new Fleet(world);

  it('abort it: all of it goes back in every cluster that has it', async () => {
    const shop = await fleet.released('report');
    await release(shop, '3.0', 'cart-3.0');
    await fleet.sync(shop, 'canary');
    await shop.controlRollout('abort', 'qa');
    expect(await shop.audited('rollout.abort')).toEqual(['ada sluice rollout.abort']);
    expect(await shop.file('qa', CHECKOUT)).toBe(before('2.0'));
    expect(await shop.file('qa', CART)).toContain('cart:cart-2.0');
    expect(await running(shop)).toMatchObject({ state: 'ended', end: 'rolled-back' });
    expect(Object.values(await shop.assigned('qa'))).toEqual(Array(3).fill(await shop.head('qa')));
    await expect(shop.controlRollout('abort', 'qa')).rejects.toThrow('nothing rolls out in qa');
  });

  it('abort it by the emergency policy: its waves stop until the rollbacks are approved', async () => {
    const shop = await fleet.released('report', SRE);
    await release(shop, '3.0');
    await fleet.sync(shop, 'canary');
    await shop.controlRollout('abort', 'qa', 'ada');
    await fleet.pass(shop, 60, 'canary');
    expect(await running(shop)).toMatchObject({ wave: 0, undoing: { by: 'ada' } });
    await expect(shop.controlRollout('continue', 'qa')).rejects.toThrow('is being rolled back');
    await shop.approve('checkout', 'qa', 'eve');
    expect(await shop.file('qa', CHECKOUT)).toBe(before('2.0'));
    expect(await running(shop)).toMatchObject({ state: 'ended', end: 'rolled-back' });
  });

  it('reject the rollback that somebody ordered: it stays paused until somebody lets it go on', async () => {
    const shop = await fleet.released('report', SRE);
    await release(shop, '3.0');
    await shop.controlRollout('abort', 'qa', 'ada');
    await shop.reject('checkout', 'qa', 'eve');
    await fleet.sync(shop, 'canary');
    expect(await running(shop)).toMatchObject({ paused: { reason: expect.stringContaining('checkout could not be rolled back') } });
    await shop.controlRollout('continue', 'qa');
    await fleet.pass(shop, 15, 'canary', 'eu', 'us');
    expect((await shop.promotions('checkout', 'qa')).map(({ state }) => state).slice(0, 2)).toEqual(['rejected', 'live']);
  });
});
