import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { soakSteps, tagOnProd, verdict } from './soaking.fixture.js';

describeWorlds('the health of the source', (world) => {
  const { released, later } = soakSteps(world);

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
});
