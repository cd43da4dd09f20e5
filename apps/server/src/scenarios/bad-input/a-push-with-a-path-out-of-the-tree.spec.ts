import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches } from '../shop.fixture.js';
import { BESIDE, cartArrived } from './beside.fixture.js';

describeWorlds('a push', (world) => {
  it('with a path with .. is refused, and nothing of it arrives', async () => {
    const shop = await world().repository(branches());
    const before = await shop.head('dev');
    await shop.checkout('dev');
    const blob = await shop.git('rev-parse', `HEAD:${CHECKOUT}`);
    const inner = await shop.tree(`100644 blob ${blob}\tpasswd\n`);
    const outer = await shop.tree(`040000 tree ${inner}\t..\n`);
    await shop.git('reset', '--quiet', '--soft', await shop.git('commit-tree', outer, '-p', 'HEAD', '-m', 'out of the tree'));
    await expect(shop.push('dev')).rejects.toMatchObject({ stderr: expect.stringMatching(/hasDotdot|contains '\.\.'/) });
    expect(await shop.head('dev')).toBe(before);
    await shop.commit('dev', BESIDE);
    await shop.settle();
    await cartArrived(shop);
  });
});
