import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release, stateOf } from '../fleet.fixture.js';
import { branches } from '../shop.fixture.js';

describeWorlds('waves of a rollout that is under way', (world) => {
  const fleet = new Fleet(world);

  it('go on as they were begun when the pipeline changes them, and by the new ones from the next merge', async () => {
    const shop = await fleet.open();
    const before = await shop.head('qa');
    await release(shop, '2.0');
    await shop.commit('main', { 'sluice.yaml': branches({ prod: '      merge: manual' })['main']?.['sluice.yaml'] ?? '' });
    await shop.settle();
    expect((await shop.assigned('qa'))['eu']).toBe(before);
    await fleet.rollOut(shop);
    expect(await stateOf(shop, 'checkout')).toBe('live');
    await release(shop, '3.0');
    expect(Object.values(await shop.assigned('qa'))).toEqual(Array(3).fill(await shop.head('qa')));
  });
});
