import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { rightsSteps } from './rights.fixture.js';

const ANYBODY = '      approvals: { required: 2, from: ["*"] }';
const ROLES = '    - { role: promoter, who: [group:developers], applications: ["*"], environments: ["*"] }';

describeBothWorlds('a role of the server’s settings', (world) => {
  const { release, isLive, listed, grant, revoke } = rightsSteps(world);

  it('counts besides those of the pipeline file, and what was approved under it no longer counts when it is taken back', async () => {
    const shop = await release(ANYBODY, ROLES);
    await expect(shop.approve('checkout', 'prod', 'eve')).rejects.toThrow('you are not approver of checkout in prod: only approvers of checkout in prod may approve');
    const role = await grant('sre');
    await shop.approve('checkout', 'prod', 'eve');
    expect(await listed(shop)).toMatchObject([{ person: 'eve', counts: true }]);
    await revoke(role.id);
    await shop.settle();
    expect(await listed(shop)).toMatchObject([{ person: 'eve', counts: false, why: 'eve is no approver here any more' }]);
    expect((await shop.current('checkout', 'prod'))!.verdicts.find(({ gate }) => gate === 'approvals')?.message).toContain('0 of 2 given');
    expect(await isLive(shop)).toBe(false);
  });

  it('says in a refusal who may, by name', async () => {
    const shop = await release(ANYBODY, ROLES);
    const role = await grant('release-managers');
    await expect(shop.approve('checkout', 'prod', 'eve')).rejects.toThrow('group release-managers (grace), or an admin of the server');
    await revoke(role.id);
  });
});
