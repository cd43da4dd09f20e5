import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { GO, TWO, configure, environmentSteps, openRequests, pipelineOf } from './configure.fixture.js';

describeInEveryWay('an environment that is renamed', (world, way) => {
  const { whyOf } = environmentSteps(world);

  it('on the same branch goes on with its request under the new name, and what it had is recorded anew', async () => {
    const shop = await world().repository(branches({ prod: GO }), way);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO) });
    await shop.settle();
    const [open] = await openRequests(shop);
    await configure(shop, pipelineOf({ prod: GO }).replaceAll('name: prod', 'name: live').replaceAll('[prod]', '[live]'));
    const requests = await openRequests(shop);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ targetBranch: 'prod', sourceBranch: 'sluice/promote/live/checkout' });
    expect((await shop.requests()).find(({ number }) => number === open?.number)).toMatchObject({ state: 'closed' });
    expect(await shop.file('prod', '.sluice/live/cart.yaml')).toContain('target: live');
    expect(await shop.file('prod', CHECKOUT)).not.toContain('2.0');
    expect((await whyOf(shop)).map(({ environment }) => environment)).toEqual(expect.arrayContaining(['live']));
    expect((await whyOf(shop)).map(({ environment }) => environment)).not.toContain('prod');
  });

  way.once('and is the source of others stays the base of what was promoted from it', async () => {
    const shop = await world().repository(branches(), way);
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', TWO) });
    await shop.settle();
    await configure(shop, pipelineOf().replace('name: qa', 'name: test').replace('from: [qa]', 'from: [test]'));
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '3.0' }) });
    await shop.settle();
    expect(await shop.file('prod', CHECKOUT)).toBe(deployment('checkout', { tag: '3.0', replicas: 4, registry: 'registry.prod.example.org' }));
    expect((await shop.promotions('checkout', 'prod')).map(({ candidate }) => candidate.kind)).not.toContain('adopt');
  });
});
