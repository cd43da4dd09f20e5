import { describeWorlds } from '../describe-worlds.fixture.js';
import { inSync } from '../in-sync.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import { SETTINGS, qa, settings, undoneByPeople } from './undone-by-people.fixture.js';

describeWorlds('what people change on a target without undoing anything', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    describe.each(['polled step by step', 'polled all at once'] as const)('%s', (polling) => {
      const { twicePromoted, look, inOneWay } = undoneByPeople(world, mergeMethod, polling);

      it('is no hold when it is a hotfix: a new value of a promoted field waits for nobody', async () => {
        const shop = await twicePromoted();
        await shop.commit('qa', { [CHECKOUT]: qa('2.0-hotfix', 'trace') }, { as: 'bob' });
        await look(shop);
        await shop.commit('dev', { [SETTINGS]: settings('green') });
        await shop.settle();
        await inSync(shop);
        expect(await shop.file('qa', CHECKOUT)).toBe(qa('2.0-hotfix', 'trace'));
        expect(await shop.file('qa', SETTINGS)).toBe(settings('green'));
      });

      it('is no hold either when that hotfix is removed later', async () => {
        const shop = await twicePromoted();
        await shop.commit('qa', { [CHECKOUT]: qa('2.0', 'trace') }, { as: 'bob' });
        await look(shop);
        await shop.commit('dev', { [SETTINGS]: settings('green') });
        await shop.settle();
        await shop.commit('qa', { [CHECKOUT]: qa('2.0') }, { as: 'bob' });
        await look(shop);
        await shop.commit('dev', { [SETTINGS]: settings('blue') });
        await shop.settle();
        await inSync(shop);
        expect(await shop.file('qa', CHECKOUT)).toBe(qa('2.0'));
        expect(await shop.file('qa', SETTINGS)).toBe(settings('blue'));
      });

      inOneWay('is no hold where the environment owns it: that can go to and fro', async () => {
        const shop = await twicePromoted();
        await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '2.0', replicas: 7 }) });
        await look(shop);
        await shop.commit('qa', { [CHECKOUT]: qa('2.0') });
        await shop.settle();
        await inSync(shop);
      });
    });
  });
});
