import { applicationName, environmentName } from '@sluice/kernel';
import { AdvanceLane } from '@sluice/usecases';
import { describeWorldOnServices } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { expectRight } from './released-once.fixture.js';

describeWorldOnServices('several workers', (world) => {
  it.each([
    ['of several processes', ['one', 'two', 'three']],
    ['of one process', ['one', 'one', 'one']],
  ])('%s on one environment, at the same time, do everything once', async (_, names) => {
    const shop = await world().repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }), [CART]: deployment('cart', { tag: '3.0' }) });
    await world().ports.wakes.wake({ kind: 'repository', repository: shop.id });
    await shop.work({ kind: 'repository', repository: shop.id });
    const workers = names.map((worker) => new AdvanceLane({ ...world().ports, settings: { ...world().ports.settings, worker } }));
    const lanes = (['checkout', 'cart'] as const).map((name) => ({ repository: shop.id, application: applicationName(name), target: environmentName('qa') }));
    await Promise.all(workers.flatMap((worker) => lanes.map((lane) => worker.run(lane))));
    await shop.settle();
    // A worker that found the lane taken has set itself a timer.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await shop.settle();
    await expectRight(shop);
    expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: '3.0', replicas: 2 }));
  });
});
