import { describeWorlds } from '../describe-worlds.fixture.js';
import { SETTINGS, hotfix, hotfixSteps, returning, settings } from './returned.fixture.js';

describeWorlds('a promoted value that somebody puts back on the target,', (world) => {
  const { promoted, backflow } = hotfixSteps(world);

  describe.each(['squash', 'rebase', 'merge'] as const)('where requests are merged by %s', (method) => {
    it('with its manifests, without its ledger, is a hold, and never sent back to the source as a hotfix', async () => {
      const shop = await promoted({}, method);
      await hotfix(shop, { tag: '1.0' });
      await shop.settle();
      await shop.commit('dev', { [SETTINGS]: settings('red') });
      await shop.settle();
      expect(await shop.lane('checkout', 'prod')).toMatchObject({ condition: 'held' });
      expect(await backflow(shop)).toEqual([]);
      expect(await returning(shop)).toEqual([]);
    });
  });
});
