import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { soakSteps, tagOnProd } from './soaking.fixture.js';

describeWorlds('health', (world) => {
  const { released, later } = soakSteps(world);

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
