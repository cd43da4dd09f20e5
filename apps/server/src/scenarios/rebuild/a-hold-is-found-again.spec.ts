import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';

describeBothWorlds('after the database was lost,', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    it('a promotion that was undone by hand is still held', async () => {
      const shop = await world().repository(branches(), { mergeMethod });
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), 'apps/checkout/extra.yaml': 'a: 1\n' });
      await shop.settle();
      await shop.checkout('qa');
      await shop.gitAs('bob', 'revert', '--no-edit', ...(mergeMethod === 'merge' ? ['-m', '1'] : []), 'HEAD');
      await shop.push('qa');
      await shop.settle();
      await world().loseDatabase();
      expect(await shop.rebuild()).toMatchObject({ holds: 1 });
      await shop.settle();
      expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held', message: expect.stringContaining('was undone on qa by') });
      expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { replicas: 2 }));
    });
  });
});
