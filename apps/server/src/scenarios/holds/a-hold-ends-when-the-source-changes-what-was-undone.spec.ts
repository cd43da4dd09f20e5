import { describeInEveryWay, describeWorlds } from '../describe-worlds.fixture.js';
import { inSync } from '../in-sync.fixture.js';
import { promotionSteps } from '../promotions/steps.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import { NOTES, SETTINGS, settings, undoneByPeople } from './undone-by-people.fixture.js';

describeInEveryWay('a promotion that somebody reverted on the target', (world, way) => {
  const { reverted } = promotionSteps(world, way);

  it('goes on with everything when the source changes what was held', async () => {
    const shop = await reverted();
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.1' }) });
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.1', replicas: 2 }));
    expect(await shop.file('qa', 'apps/checkout/extra.yaml')).toBe('a: 1\n');
    await inSync(shop);
  });
});

describeWorlds('a hold of what was reverted by hand', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    describe.each(['polled step by step', 'polled all at once'] as const)('%s', (polling) => {
      const { twicePromoted, revertNewest, look, inOneWay } = undoneByPeople(world, mergeMethod, polling);

      it('ends when the source changes what was undone: one request carries all', async () => {
        const shop = await twicePromoted();
        await revertNewest(shop);
        await look(shop);
        await shop.commit('dev', { [NOTES]: 'unrelated\n' });
        await look(shop);
        await shop.commit('dev', { [SETTINGS]: settings('blue') });
        await shop.settle();
        await inSync(shop);
        expect(await shop.file('qa', SETTINGS)).toBe(settings('blue'));
        expect(await shop.file('qa', NOTES)).toBe('unrelated\n');
        expect((await shop.promotions('checkout', 'qa')).filter((promotion) => promotion.candidate.kind === 'change')).toHaveLength(3);
      });

      inOneWay('ends when the source takes it back and lands it again', async () => {
        const shop = await twicePromoted();
        await revertNewest(shop);
        await look(shop);
        await shop.commit('dev', { [SETTINGS]: null });
        await look(shop);
        await shop.commit('dev', { [SETTINGS]: settings('red') });
        await shop.settle();
        await inSync(shop);
        expect(await shop.file('qa', SETTINGS)).toBe(settings('red'));
        expect(await shop.file('qa', '.sluice/qa/checkout.yaml')).toContain(await shop.head('dev'));
      });
    });
  });
});
