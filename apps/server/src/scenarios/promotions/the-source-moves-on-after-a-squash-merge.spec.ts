import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { APPROVED, promotionSteps } from './steps.fixture.js';

describeInEveryWay('a source that moves on after a squash merge', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('is proposed only the rest', async () => {
    const shop = await repository(branches({ qa: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.approve('checkout', 'qa', 'grace');
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0', level: 'debug' }) });
    await shop.settle();
    const request = (await shop.requests())[0];
    expect(request?.body).toContain('debug');
    expect(request?.body).not.toContain('2.0 →');
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 2 }));
  });
});
