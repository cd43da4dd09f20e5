import { applicationName, environmentName, later } from '@sluice/kernel';
import { AdvanceLane } from '@sluice/usecases';
import type { LifecyclePorts, WakeTarget } from '@sluice/usecases';
import { CART, CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeWorldOnServices, describeBothWorlds } from './describe-worlds.fixture.js';
import type { Shop } from './world.fixture.js';

const WANTED = deployment('checkout', { tag: '2.0', replicas: 2 });

async function expectRight(shop: Shop): Promise<void> {
  expect(await shop.file('qa', CHECKOUT)).toBe(WANTED);
  expect((await shop.requests()).filter((request) => request.sourceBranch === 'sluice/promote/qa/checkout' && request.title.startsWith('Promote'))).toHaveLength(1);
  expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'in-sync' });
  const states = (await shop.promotions('checkout', 'qa')).map((promotion) => promotion.state);
  expect(states.filter((state) => state === 'open' || state === 'ready' || state === 'merging')).toEqual([]);
}

describeBothWorlds('faults', (world) => {
  /** The ports of a worker that dies right after, or right before, it called the forge. */
  const dying = (method: 'merge' | 'open', when: 'before' | 'after'): LifecyclePorts => {
    const { changes } = world().ports;
    const dies = async (...args: unknown[]): Promise<never> => {
      if (when === 'after') await Reflect.apply(changes[method], changes, args);
      throw new Error('killed');
    };
    return { ...world().ports, changes: Object.assign(Object.create(changes) as typeof changes, { [method]: dies }) };
  };

  describe.each([
    ['merge', 'before'],
    ['merge', 'after'],
    ['open', 'before'],
    ['open', 'after'],
  ] as const)('a worker that dies at the %s of a request, %s the forge has done it', (method, when) => {
    it('is as if it had not: one request, the right content', async () => {
      const shop = await world().repository(branches());
      const lane = { repository: shop.id, application: applicationName('checkout'), target: environmentName('qa') };
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
      await world().ports.wakes.wake({ kind: 'repository', repository: shop.id });
      await shop.work({ kind: 'repository', repository: shop.id });
      await expect(new AdvanceLane(dying(method, when)).run(lane)).rejects.toThrow('killed');
      await shop.settle();
      await expectRight(shop);
    });
  });

  it.each([
    ['at once, when its gates had passed a moment ago', 0, 0],
    ['after another look at its gates, when its worker died and that is a minute ago', 60_000, 1],
  ] as const)('a request that is opened is merged %s', async (_, passed, looks) => {
    const shop = await world().repository(branches());
    const lane = { repository: shop.id, application: applicationName('checkout'), target: environmentName('qa') };
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0' }) });
    await world().ports.wakes.wake({ kind: 'repository', repository: shop.id });
    await shop.work({ kind: 'repository', repository: shop.id });
    await expect(new AdvanceLane(dying('open', 'before')).run(lane)).rejects.toThrow('killed');
    const { changes, clock } = world().ports;
    let looked = 0;
    const get: typeof changes.get = (...args) => (looked++, changes.get(...args));
    await new AdvanceLane({ ...world().ports, clock: () => later(clock(), passed), changes: Object.assign(Object.create(changes) as typeof changes, { get }) }).run(lane);
    expect(looked).toBe(looks);
    expect(await shop.file('qa', CHECKOUT)).toBe(WANTED);
    await shop.settle();
    await expectRight(shop);
  });

  it('repeated and reordered jobs change nothing', async () => {
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

describeWorldOnServices('two workers', (world) => {
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
