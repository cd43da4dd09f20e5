import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import { Fleet, inWaves, release, stateOf } from './fleet.fixture.js';
import type { Shop } from './world.fixture.js';

const SRE = '\n      emergency: { required: 1, from: [group:sre] }';

/** Pause, continue, abort: what people do about a rollout, and who may. */
describeWorlds('people and a rollout in waves:', (world) => {
  const fleet = new Fleet(world);
  const before = (tag: string): string => deployment('checkout', { tag, replicas: 2 });
  const running = async (shop: Shop) => (await shop.rollout('qa')).rollout;

  it('pause it and let it go on; others see who has done so and why', async () => {
    const shop = await fleet.open();
    await release(shop, '2.0');
    await fleet.sync(shop, 'canary');
    await shop.controlRollout('pause', 'qa');
    await expect(shop.controlRollout('pause', 'qa')).rejects.toThrow('is paused already: look at it');
    await fleet.pass(shop, 60, 'canary');
    expect((await shop.rollout('qa')).message).toMatch(/wave 1 of 2, is paused by ada: look at it$/);
    await release(shop, 'cart-2.0');
    expect((await shop.current('cart', 'qa'))?.verdicts[0]).toMatchObject({ gate: 'rollout', message: expect.stringContaining('is paused by ada: look at it'), clearedBy: expect.stringContaining('sluice rollout continue qa') });
    await shop.controlRollout('continue', 'qa', 'bob');
    await fleet.sync(shop, 'canary', 'eu', 'us');
    expect(await stateOf(shop, 'checkout')).toBe('live');
    await expect(shop.controlRollout('continue', 'qa')).rejects.toThrow('is not paused');
  });

  it('abort it: all of it goes back in every cluster that has it', async () => {
    const shop = await fleet.released('report');
    await release(shop, '3.0', 'cart-3.0');
    await fleet.sync(shop, 'canary');
    await shop.controlRollout('abort', 'qa');
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

  it('are asked whether they may', async () => {
    const shop = await fleet.open({ qa: inWaves('report', SRE) });
    await shop.commit('main', { 'sluice.yaml': `${branches({ qa: inWaves('report', SRE), prod: '      merge: manual' })['main']?.['sluice.yaml'] ?? ''}  roles:\n    - { role: promoter, who: ["person:ada"] }\n` });
    await release(shop, '2.0');
    await expect(shop.controlRollout('pause', 'qa', 'bob')).rejects.toThrow('you are not promoter of everything that rolls out in qa, and not of its emergency policy (group sre)');
    await shop.controlRollout('pause', 'qa', 'eve');
    await shop.controlRollout('continue', 'qa', 'ada');
  });
});
