import { describeWorlds } from '../describe-worlds.fixture.js';
import { checkoutIn } from '../diamond.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { ANY, APPROVED, LATE, LONG, THREE, TWO, liveSteps, merge, takenFrom } from './live.fixture.js';

describeWorlds('several sources', (world) => {
  const { liveShop } = liveSteps(world);

  describe('of which all must have had the content live', () => {
    it('name the authors of what comes, down to the first environment and through the source that it is taken from', async () => {
      const shop = await liveShop({ perf: LATE, prod: APPROVED });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) }, { as: 'grace' });
      await shop.sync('qa');
      await merge(shop, 'perf');
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) }, { as: 'bob' });
      await shop.sync('qa');
      await shop.sync('perf');
      const open = await shop.current('checkout', 'prod');
      expect(open?.authors.map(({ person }) => person)).toContain('grace');
      expect(open?.authors.map(({ person }) => person)).not.toContain('bob');
      await merge(shop, 'prod');
      await merge(shop, 'perf');
      await shop.sync('perf');
      expect((await shop.current('checkout', 'prod'))?.authors.map(({ person }) => person)).toEqual(['bob']);
    }, LONG);
  });

  describe('of which any will do', () => {
    it.each(['squash', 'rebase', 'merge'] as const)('lead to the authors, whichever each promotion was taken from, merged by %s', async (mergeMethod) => {
      const shop = await liveShop({ ...ANY, qa: LATE, perf: LATE, more: `    - name: live\n      branch: live\n      from: [prod]\n${APPROVED}`, live: true }, { mergeMethod });
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', TWO) }, { as: 'grace' });
      await shop.settle();
      await merge(shop, 'perf');
      await shop.sync('perf');
      await merge(shop, 'live');
      await merge(shop, 'qa');
      await shop.commit('dev', { [CHECKOUT]: checkoutIn('dev', THREE) }, { as: 'bob' });
      await shop.settle();
      await merge(shop, 'qa');
      await shop.sync('qa');
      expect(await takenFrom(shop, 'prod')).toBe('qa');
      expect((await shop.current('checkout', 'live'))?.authors.map(({ person }) => person)).toEqual(['bob']);
    }, LONG);
  });
});
