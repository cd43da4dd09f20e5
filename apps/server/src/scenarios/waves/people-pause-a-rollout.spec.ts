import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, inWaves, release, stateOf } from '../fleet.fixture.js';
import { branches } from '../shop.fixture.js';
import { SRE } from './running.fixture.js';

describeWorlds('people and a rollout in waves:', (world) => {
  const fleet = new Fleet(world);

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

  it('are asked whether they may', async () => {
    const shop = await fleet.open({ qa: inWaves('report', SRE) });
    await shop.commit('main', { 'sluice.yaml': `${branches({ qa: inWaves('report', SRE), prod: '      merge: manual' })['main']?.['sluice.yaml'] ?? ''}  roles:\n    - { role: promoter, who: ["person:ada"] }\n` });
    await release(shop, '2.0');
    await expect(shop.controlRollout('pause', 'qa', 'bob')).rejects.toThrow('you are not promoter of everything that rolls out in qa, and not of its emergency policy (group sre)');
    await shop.controlRollout('pause', 'qa', 'eve');
    await shop.controlRollout('continue', 'qa', 'ada');
  });
});
