import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

const BRANCH = 'sluice/promote/qa/checkout';
const APPROVED = '      approvals: { required: 2, from: ["*"] }';

describeWorlds('a request that was approved', (world) => {
  const verdictOf = async (shop: Shop, gate: string) => (await shop.current('checkout', 'qa'))?.verdicts.find((verdict) => verdict.gate === gate);

  /** A release that grace has approved, and a commit of bob's on its branch. */
  async function gained(): Promise<Shop> {
    const shop = await world().repository(branches({ qa: APPROVED }));
    await release(shop, '2.0');
    await shop.approve('checkout', 'qa', 'grace');
    await shop.commit(BRANCH, { [CHECKOUT]: deployment('checkout', { tag: '9.9', replicas: 2 }) }, { as: 'bob' });
    await shop.settle();
    return shop;
  }

  it('does not merge what somebody pushes to its branch, whoever approves, and says who can put that right', async () => {
    const shop = await gained();
    await shop.approve('checkout', 'qa', 'eve');
    expect(await verdictOf(shop, 'branch')).toMatchObject({ outcome: 'fail', message: expect.stringContaining('which Sluice did not make'), clearedBy: expect.stringContaining('whoever pushed it') });
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
  });

  it('goes on with its approvals when the branch is put back', async () => {
    const shop = await gained();
    await shop.checkout(BRANCH);
    await shop.git('reset', '--quiet', '--hard', 'HEAD~1');
    await shop.push(BRANCH, '--force');
    await shop.settle();
    expect(await verdictOf(shop, 'branch')).toBeUndefined();
    expect(await verdictOf(shop, 'approvals')).toMatchObject({ outcome: 'wait', message: '1 of 2 given' });
    await shop.approve('checkout', 'qa', 'eve');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
  });
});
