import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { APPROVED, promotionSteps } from './steps.fixture.js';

describeInEveryWay('two applications that change on one branch at once', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('both land, and the approval of the second stays valid', async () => {
    const shop = await repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '3.0' }) });
    await shop.settle();
    const second = await shop.current('cart', 'qa');
    await shop.approve('checkout', 'qa', 'grace');
    expect((await shop.current('cart', 'qa'))?.candidate.digest).toBe(second?.candidate.digest);
    await shop.approve('cart', 'qa', 'grace');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
    expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '3.0', replicas: 2 }));
  });
});
