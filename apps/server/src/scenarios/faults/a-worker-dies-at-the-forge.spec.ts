import { applicationName, environmentName, later } from '@sluice/kernel';
import { AdvanceLane } from '@sluice/usecases';
import type { LifecyclePorts } from '@sluice/usecases';
import { describeBothWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { WANTED, expectRight } from './released-once.fixture.js';

describeBothWorlds('a worker is killed:', (world) => {
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
});
