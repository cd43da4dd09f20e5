import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { approvalSteps } from './released.fixture.js';

describeInEveryWay('an approval of his own change', (world, way) => {
  const { released } = approvalSteps(world, way);

  it('is one that an author cannot give at the second hop either, where every commit is Sluice’s own', async () => {
    const shop = await released();
    expect(await shop.file('qa', CHECKOUT)).toContain(':2.0');
    await expect(shop.approve('checkout', 'prod', 'bob')).rejects.toThrow(/author/);
    expect(await shop.file('prod', CHECKOUT)).not.toContain(':2.0');
    await shop.approve('checkout', 'prod', 'ada');
    expect(await shop.file('prod', CHECKOUT)).toContain(':2.0');
  });
});
