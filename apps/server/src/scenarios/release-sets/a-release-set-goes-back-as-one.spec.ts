import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, branches, deployment } from '../shop.fixture.js';
import { both, prodImage, setSteps } from './set.fixture.js';

describeWorlds('a release set that somebody rolls back', (world) => {
  const { repository } = setSteps(world);

  it('goes back as one, whichever of them somebody names', async () => {
    const shop = await repository();
    await shop.commit('dev', both);
    await shop.settle();
    const [promotion] = await shop.promotions('cart', 'prod');
    expect(await shop.rollBack('cart', 'prod')).toEqual([promotion?.id]);
    for (const name of ['checkout', 'cart']) {
      expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '1.0'));
      expect(await shop.lane(name, 'prod')).toMatchObject({ condition: 'held' });
    }
    expect((await shop.promotions('checkout', 'prod')).find(({ id }) => id === promotion?.id)).toMatchObject({ state: 'rolled-back' });
    await shop.promote('checkout', 'prod');
    for (const name of ['checkout', 'cart']) expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '2.0'));
  });

  it('does not go back where one of them has been promoted by itself since: that goes back first', async () => {
    const shop = await repository();
    await shop.commit('dev', both);
    await shop.settle();
    await shop.commit('main', { 'sluice.yaml': branches()['main']?.['sluice.yaml'] ?? '' });
    await shop.commit('dev', { [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    await expect(shop.rollBack('checkout', 'prod')).rejects.toThrow(/was merged for .* as one, and cart has had .* since: roll that back first \(sluice rollback prod cart\)/);
    await shop.rollBack('cart', 'prod');
    expect(await shop.file('prod', CART)).toBe(prodImage('cart', '2.0'));
    await shop.rollBack('checkout', 'prod');
    for (const name of ['checkout', 'cart']) expect(await shop.file('prod', `apps/${name}/deployment.yaml`)).toBe(prodImage(name, '1.0'));
  });
});
