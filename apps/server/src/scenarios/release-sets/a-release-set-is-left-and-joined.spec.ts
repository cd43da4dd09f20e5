import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, branches, deployment } from '../shop.fixture.js';
import { MANUAL, both, prodImage, requestsTo, setSteps, withSet } from './set.fixture.js';

describeWorlds('a release set that the pipeline changes', (world) => {
  const { repository } = setSteps(world);

  it('can be left and joined: nothing is adopted, nothing stays open', async () => {
    const shop = await repository({ prod: MANUAL });
    await shop.commit('dev', both);
    await shop.settle();
    const together = await shop.current('checkout', 'prod');
    await shop.commit('main', { 'sluice.yaml': branches({ prod: MANUAL })['main']?.['sluice.yaml'] ?? '' });
    await shop.settle();
    const alone = [await shop.current('checkout', 'prod'), await shop.current('cart', 'prod')];
    expect(alone.map((promotion) => [promotion?.application, promotion?.candidate.kind, promotion?.candidate.members])).toEqual([['checkout', 'change', undefined], ['cart', 'change', undefined]]);
    expect((await shop.promotions('cart', 'prod')).find(({ id }) => id === together?.id)).toMatchObject({ state: 'superseded' });
    await shop.commit('main', { 'sluice.yaml': withSet({ prod: MANUAL })['main']?.['sluice.yaml'] ?? '' });
    await shop.settle();
    expect(await shop.current('cart', 'prod')).toBeUndefined();
    const again = await shop.current('checkout', 'prod');
    expect(again?.candidate.digest).toBe(together?.candidate.digest);
    expect((await requestsTo(shop, 'prod')).filter(({ state }) => state === 'open')).toHaveLength(1);
    await shop.mergeOnForge(again!.change!.number, again!.candidate.head);
    await shop.commit('main', { 'sluice.yaml': branches()['main']?.['sluice.yaml'] ?? '' });
    await shop.settle();
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '2.1' }) });
    await shop.settle();
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.1'));
    expect((await shop.promotions('cart', 'prod'))[0]?.candidate).toMatchObject({ kind: 'change', changedPaths: [CART] });
  });
});
