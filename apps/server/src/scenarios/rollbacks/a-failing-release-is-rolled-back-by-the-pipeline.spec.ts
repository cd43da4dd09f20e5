import { describeWorlds } from '../describe-worlds.fixture.js';
import { release } from '../release.fixture.js';
import { CHECKOUT, branches } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { text } from './released.fixture.js';

describeWorlds('a rollback by the pipeline itself', (world) => {
  const DEGRADED = '      rollout: { onDegraded: rollback }';

  async function degraded(): Promise<Shop> {
    const shop = await world().repository(branches({ qa: DEGRADED, prod: '      merge: manual' }));
    await release(shop, '2.0');
    await shop.sync('qa');
    await release(shop, '3.0');
    await shop.sync('qa', 'Failed');
    await shop.settle();
    return shop;
  }

  it('happens when what was healthy has Failed with a promotion, and only a person lifts its hold', async () => {
    const shop = await degraded();
    expect(await shop.file('qa', CHECKOUT)).toBe(text('2.0'));
    expect((await shop.promotions('checkout', 'qa')).map(({ candidate, state }) => [candidate.kind, state])).toEqual(expect.arrayContaining([['rollback', 'rolling-out'], ['change', 'rolled-back']]));
    await release(shop, '4.0');
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held', message: expect.stringContaining('held until somebody promotes again') });
    await shop.promote('checkout', 'qa');
    expect(await shop.file('qa', CHECKOUT)).toBe(text('4.0'));
  });

  it('is not undone by another one when it fails as well', async () => {
    const shop = await degraded();
    await shop.sync('qa', 'Failed');
    await shop.settle();
    expect(await shop.file('qa', CHECKOUT)).toBe(text('2.0'));
    expect((await shop.promotions('checkout', 'qa')).filter(({ candidate }) => candidate.kind === 'rollback')).toHaveLength(1);
  });

  it('does not happen where the environment does not ask for it: the promotion is degraded until it recovers', async () => {
    const shop = await world().repository(branches({ prod: '      merge: manual' }));
    await release(shop, '2.0');
    await shop.sync('qa');
    await release(shop, '3.0');
    await shop.sync('qa', 'Failed');
    expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ state: 'degraded' });
    await shop.sync('qa');
    expect((await shop.promotions('checkout', 'qa'))[0]).toMatchObject({ state: 'live' });
    expect(await shop.file('qa', CHECKOUT)).toBe(text('3.0'));
  });
});
