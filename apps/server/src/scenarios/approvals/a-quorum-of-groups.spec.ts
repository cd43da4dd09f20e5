import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { rightsSteps } from '../rights/rights.fixture.js';

const QUORUM = '      approvals: { quorum: [{ from: [group:release-managers], required: 1 }, { from: [group:sre], required: 1 }] }';

describeBothWorlds('a quorum of groups', (world) => {
  const { release, isLive } = rightsSteps(world);

  it('waits for the group that has not spoken, and says so', async () => {
    const shop = await release(QUORUM);
    await shop.approve('checkout', 'prod', 'eve');
    await shop.approve('checkout', 'prod', 'sam');
    const verdict = (await shop.current('checkout', 'prod'))!.verdicts.find(({ gate }) => gate === 'approvals');
    expect(verdict).toMatchObject({ outcome: 'wait', message: expect.stringContaining('missing: 1 of group release-managers') as string, clearedBy: expect.stringContaining('group release-managers') as string });
    expect(await isLive(shop)).toBe(false);
    await shop.approve('checkout', 'prod', 'grace');
    expect(await isLive(shop)).toBe(true);
  });
});
