import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { approvalSteps } from './released.fixture.js';

describeInEveryWay('approvals and green statuses', (world, way) => {
  const { released } = approvalSteps(world, way);

  it('of a request that was closed do not come back with it: it is another commit', async () => {
    const shop = await released();
    const closed = (await shop.current('checkout', 'prod'))!;
    await world().forge.statuses.set(shop.id, closed.candidate.head, [{ context: 'sluice/ready', state: 'success', description: 'old', by: 'sluice' }]);
    await shop.reject('checkout', 'prod', 'grace');
    await shop.promote('checkout', 'prod');
    const again = (await shop.current('checkout', 'prod'))!;
    expect(again.candidate.head).not.toBe(closed.candidate.head);
    expect(again.candidate.digest).not.toBe(closed.candidate.digest);
    expect((await world().forge.statuses.list(shop.id, again.candidate.head)).find(({ context }) => context === 'sluice/ready')).toMatchObject({ state: 'pending' });
    expect(await shop.file('prod', CHECKOUT)).not.toContain(':2.0');
  });
});
