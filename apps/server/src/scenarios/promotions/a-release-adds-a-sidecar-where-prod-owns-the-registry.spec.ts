import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { APPROVED, promotionSteps } from './steps.fixture.js';

describeInEveryWay('a release that adds a sidecar, where prod owns the registry', (world, way) => {
  const { repository } = promotionSteps(world, way);

  it("has the sidecar pulled from prod's registry, and the request names it", async () => {
    const shop = await repository(branches({ prod: APPROVED }));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0', sidecar: 'registry.example.org/shop/proxy:1.2' }) });
    await shop.settle();
    const request = (await shop.requests()).find((item) => item.targetBranch === 'prod' && item.state === 'open');
    expect(request?.body).toContain('Please look at');
    await shop.approve('checkout', 'prod', 'grace');
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { tag: '2.0', replicas: 4, registry: 'registry.prod.example.org', sidecar: 'registry.prod.example.org/proxy:1.2' }));
  });
});
