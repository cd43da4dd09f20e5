import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release, stateOf } from '../fleet.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import { FAULT, before, running } from './running.fixture.js';

describeWorlds('a batch that degrades', (world) => {
  const fleet = new Fleet(world);

  it('is paused where the pipeline says so, and goes on when it is healthy and somebody says so', async () => {
    const shop = await fleet.released('pause');
    await release(shop, '3.0');
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect(await running(shop)).toMatchObject({ paused: { reason: expect.stringContaining('checkout has Failed: apps/checkout/deployment.yaml: crash loop') } });
    expect(await shop.file('qa', CHECKOUT)).toBe(before('3.0'));
    await fleet.sync(shop, 'canary');
    await fleet.pass(shop, 60, 'canary');
    expect(await running(shop)).toMatchObject({ wave: 0 });
    await shop.controlRollout('continue', 'qa');
    expect((await shop.assigned('qa'))['eu']).toBe(await shop.head('qa'));
  });

  it('is only reported where nothing is said, and held until it is healthy', async () => {
    const shop = await fleet.released('report');
    await release(shop, '3.0');
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    await fleet.pass(shop, 60);
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect(await running(shop)).toMatchObject({ state: 'running', wave: 0 });
    expect(await stateOf(shop, 'checkout')).toBe('degraded');
    await fleet.rollOut(shop);
    expect(await stateOf(shop, 'checkout')).toBe('live');
  });
});
