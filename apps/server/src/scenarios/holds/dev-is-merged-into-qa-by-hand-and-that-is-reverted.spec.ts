import { describeInEveryWay, describeWorlds } from '../describe-worlds.fixture.js';
import { inSync } from '../in-sync.fixture.js';
import { APPROVED, promotionSteps } from '../promotions/steps.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { NOTES, SETTINGS, held, settings, undoneByPeople } from './undone-by-people.fixture.js';

describeInEveryWay('a merge of dev into qa by hand', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('is only recorded', async () => {
    const shop = await repository(branches({ owned: '    - { path: "**/env/**" }', qa: APPROVED }));
    await shop.commit('dev', { [CART]: deployment('cart', { replicas: 2 }), [CHECKOUT]: deployment('checkout', { tag: '2.0', replicas: 2 }) });
    await shop.checkout('qa');
    await shop.git('merge', '--quiet', '--allow-unrelated-histories', '-X', 'theirs', '-m', 'by hand', 'forge/dev');
    await shop.push('qa');
    await shop.settle();
    expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ state: 'live', candidate: { kind: 'record-only' } });
    await inSync(shop);
  });
});

describeWorlds('a merge of dev into qa by hand that somebody reverts', (world) => {
  describe.each(['squash', 'rebase', 'merge'] as const)('merged by %s', (mergeMethod) => {
    describe.each(['polled step by step', 'polled all at once'] as const)('%s', (polling) => {
      const { twicePromoted, look, inOneWay } = undoneByPeople(world, mergeMethod, polling);

      const mergeByHand = async (shop: Shop): Promise<void> => {
        await shop.checkout('qa');
        await shop.gitAs('bob', 'merge', '--quiet', '--no-ff', '--allow-unrelated-histories', '-X', 'theirs', '-m', 'by hand', 'forge/dev');
        await shop.push('qa');
      };

      const revertTheMerge = async (shop: Shop): Promise<void> => {
        await shop.checkout('qa');
        const merge = await shop.git('rev-list', '--first-parent', '--merges', '--grep=^by hand', '-n', '1', 'HEAD');
        await shop.gitAs('bob', 'revert', '--no-edit', '-m', '1', merge);
        await shop.push('qa');
      };

      it('is a record only, then a hold', async () => {
        const shop = await twicePromoted();
        await shop.commit('dev', { [SETTINGS]: settings('blue', 'large') });
        await mergeByHand(shop);
        await look(shop);
        if (polling === 'polled step by step') expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ candidate: { kind: 'record-only' } });
        await revertTheMerge(shop);
        await shop.settle();
        await held(shop);
        expect(await shop.file('qa', SETTINGS)).toBe(settings('red'));
        await shop.commit('dev', { [NOTES]: 'unrelated\n' });
        await shop.settle();
        await held(shop);
        await shop.promote('checkout', 'qa');
        await inSync(shop);
        expect(await shop.file('qa', SETTINGS)).toBe(settings('blue', 'large'));
        expect(await shop.file('qa', NOTES)).toBe('unrelated\n');
      });

      inOneWay('is so too when it was the first that Sluice recorded', async () => {
        const shop = await world().repository(branches({ prod: '      merge: manual', owned: '    - { path: "**/env/**" }' }), { mergeMethod });
        await shop.commit('dev', { [SETTINGS]: settings('blue') });
        await mergeByHand(shop);
        await shop.settle();
        await revertTheMerge(shop);
        await shop.settle();
        await held(shop);
      });
    });
  });
});
