import { describeInEveryWay } from '../describe-worlds.fixture.js';
import { CART, branches, deployment } from '../shop.fixture.js';
import { GO, TWO, configure, environmentSteps, openRequests, pipelineOf } from './configure.fixture.js';

describeInEveryWay('an application that is removed from the pipeline', (world, way) => {
  const { whyOf } = environmentSteps(world);

  way.once('has its requests closed, and its files stay', async () => {
    const shop = await world().repository(branches({ prod: GO }), way);
    await shop.commit('dev', { [CART]: deployment('cart', TWO) });
    await shop.settle();
    expect(await openRequests(shop)).toHaveLength(1);
    await configure(shop, pipelineOf({ prod: GO, applications: ['checkout'] }));
    expect(await openRequests(shop)).toEqual([]);
    expect(await shop.file('prod', CART)).toBeDefined();
    expect(await shop.file('prod', '.sluice/prod/cart.yaml')).toBeDefined();
    expect(await whyOf(shop)).toEqual([]);
  });
});
