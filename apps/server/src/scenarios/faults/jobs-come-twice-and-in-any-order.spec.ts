import { applicationName, environmentName } from '@sluice/kernel';
import type { WakeTarget } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { expectRight } from './released-once.fixture.js';

describeBothWorlds('jobs that are repeated and reordered', (world) => {
  it('change nothing', async () => {
    const shop = await world().repository(branches());
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    const targets: readonly WakeTarget[] = [
      { kind: 'environment', repository: shop.id, environment: environmentName('qa') },
      { kind: 'lane', repository: shop.id, application: applicationName('checkout'), target: environmentName('prod') },
      { kind: 'lane', repository: shop.id, application: applicationName('checkout'), target: environmentName('qa') },
      { kind: 'repository', repository: shop.id },
    ];
    for (let round = 0; round < 4; round += 1) {
      for (const target of [...targets, ...[...targets].reverse()]) {
        await world().ports.wakes.wake(target);
        await shop.work(target);
      }
    }
    await shop.settle();
    await expectRight(shop);
  });
});
