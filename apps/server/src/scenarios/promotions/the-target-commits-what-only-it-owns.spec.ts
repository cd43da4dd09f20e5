import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { inSync } from '../in-sync.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { promotionSteps } from './steps.fixture.js';

describeInEveryWay('a target whose own files and fields are changed after a squash merge', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it('is in sync', async () => {
    const shop = await repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await shop.settle();
    await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '2.0', replicas: 7 }), 'apps/checkout/env/host.yaml': 'host: qa\n' });
    const requests = (await shop.requests()).length;
    await shop.settle();
    await inSync(shop);
    expect((await shop.requests()).filter((request) => request.targetBranch === 'qa')).toHaveLength((await shop.requests()).length - (await shop.requests()).filter((request) => request.targetBranch === 'prod').length);
    expect(await shop.file('qa', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 7 }));
    expect(requests).toBeGreaterThan(0);
  });
});
