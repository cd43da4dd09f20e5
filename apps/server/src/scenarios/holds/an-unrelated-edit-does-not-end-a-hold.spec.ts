import { describeInEveryWay, describeWorlds } from '../describe-worlds.fixture.js';
import { promotionSteps } from '../promotions/steps.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import { NOTES, held, qa, undoneByPeople } from './undone-by-people.fixture.js';

describeInEveryWay('a promotion that somebody reverted on the target', (world, way) => {
  const { reverted } = promotionSteps(world, way);

  it('stays held when the source changes something unrelated in the same application', async () => {
    const shop = await reverted();
    await shop.commit('dev', { 'apps/checkout/notes.txt': 'unrelated\n' });
    await shop.settle();
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held' });
    expect(await shop.file('qa', 'apps/checkout/notes.txt')).toBeUndefined();
  });
});

describeWorlds('content that was reverted by hand', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    describe.each(['polled step by step', 'polled all at once'] as const)('%s', (polling) => {
      const { twicePromoted, revertNewest, look } = undoneByPeople(world, mergeMethod, polling);

      it('stays held while the source edits something unrelated, also in the same application, file or object', async () => {
        const shop = await twicePromoted();
        await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
        await shop.settle();
        await revertNewest(shop);
        await look(shop);
        await shop.commit('dev', { [NOTES]: 'unrelated\n' });
        await look(shop);
        await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0', level: 'debug' }) });
        await shop.settle();
        await held(shop);
        expect(await shop.file('qa', CHECKOUT)).toBe(qa('2.0'));
        expect(await shop.file('qa', NOTES)).toBeUndefined();
      });
    });
  });
});
