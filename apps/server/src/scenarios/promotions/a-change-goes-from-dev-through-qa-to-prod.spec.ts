import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { inSync } from '../in-sync.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { promotionSteps } from './steps.fixture.js';

describeInEveryWay('a change that is made in dev', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('goes through qa to prod, and every environment keeps what it owns', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0', level: 'debug' }) });
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', level: 'debug', replicas: 2 }));
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', level: 'debug', replicas: 4, registry: 'registry.prod.example.org' }));
    expect(await shop.file('prod', CART)).toBe(deployment('cart', { replicas: 4, registry: 'registry.prod.example.org' }));
    await inSync(shop);
    await inSync(shop, 'checkout', 'prod');
  });

  it('is promoted once, however often Sluice looks again: no request is opened twice', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    const before = [await shop.requests(), await shop.head('qa'), await shop.head('prod')];
    await shop.settle();
    await shop.settle();
    expect([await shop.requests(), await shop.head('qa'), await shop.head('prod')]).toEqual(before);
  });
});
