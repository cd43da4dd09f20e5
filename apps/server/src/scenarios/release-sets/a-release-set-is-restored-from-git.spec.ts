import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import { MANUAL, both, prodImage, setSteps } from './set.fixture.js';

describeWorlds('a release set, after the database was lost,', (world) => {
  const { repository } = setSteps(world);

  it('is restored from git without a duplicate', async () => {
    const shop = await repository({ prod: MANUAL });
    await shop.commit('dev', both);
    await shop.settle();
    const merged = await shop.current('checkout', 'prod');
    await shop.mergeOnForge(merged!.change!.number, merged!.candidate.head);
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    const open = await shop.current('checkout', 'prod');
    const requests = (await shop.requests()).length;
    await world().loseDatabase();
    await shop.rebuild();
    await shop.settle();
    const after = await shop.current('checkout', 'prod');
    expect(after).toMatchObject({ id: open?.id, change: open?.change, candidate: { digest: open?.candidate.digest, fingerprint: open?.candidate.fingerprint, set: 'shop-release', members: open?.candidate.members } });
    expect((await shop.promotions('cart', 'prod')).map(({ id }) => id)).toContain(merged?.id);
    expect((await shop.requests()).length).toBe(requests);
    expect(await shop.lane('cart', 'prod')).toMatchObject({ goesWith: 'checkout' });
    expect(await shop.rollBack('cart', 'prod')).toEqual([merged?.id]);
    expect(await shop.file('prod', CHECKOUT)).toBe(prodImage('checkout', '1.0'));
  });
});
