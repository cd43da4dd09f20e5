import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, deployment } from '../shop.fixture.js';
import { pushSteps } from './pushed.fixture.js';

describeWorlds('direct pushes to an environment that holds them,', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    const { pushed, runs } = pushSteps(world, mergeMethod);

    it('goes on by itself when somebody reverts it, also after a promotion in between', async () => {
      const shop = await pushed();
      const push = await shop.head('qa');
      await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.0' }) });
      await shop.settle();
      await shop.checkout('qa');
      await shop.git('revert', '--no-edit', push);
      await shop.push('qa');
      await shop.settle();
      expect(await runs(shop)).toBe(await shop.head('qa'));
    });
  });
});
