import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release } from '../fleet.fixture.js';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import { FAULT, before, running } from './running.fixture.js';

describeWorlds('a batch that degrades', (world) => {
  const fleet = new Fleet(world);

  it('is rolled back whole: what did not fail as well, and once', async () => {
    const shop = await fleet.released('rollback');
    await release(shop, '3.0', 'cart-3.0');
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect(await shop.file('qa', CHECKOUT)).toBe(before('2.0'));
    expect(await shop.file('qa', CART)).toBe(deployment('cart', { tag: 'cart-2.0', replicas: 2 }));
    expect(await running(shop)).toMatchObject({ state: 'ended', end: 'rolled-back' });
    expect(Object.values(await shop.assigned('qa'))).toEqual(Array(3).fill(await shop.head('qa')));
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect((await shop.promotions('checkout', 'qa')).filter(({ candidate }) => candidate.kind === 'rollback')).toHaveLength(1);
    // only a person lifts what the pipeline undid
    await release(shop, '4.0');
    expect(await shop.lane('checkout', 'qa')).toMatchObject({ condition: 'held', message: expect.stringContaining('held until somebody promotes again') });
  });

  it('is rolled back when it fails in a later wave, everywhere that has it', async () => {
    const shop = await fleet.released('rollback');
    await release(shop, '3.0');
    await fleet.sync(shop, 'canary');
    await fleet.pass(shop, 15, 'canary');
    await shop.syncCluster('qa', 'eu', 'Failed', FAULT);
    expect(await shop.file('qa', CHECKOUT)).toBe(before('2.0'));
    expect(Object.values(await shop.assigned('qa'))).toEqual(Array(3).fill(await shop.head('qa')));
  });

  it('that was not healthy before is not rolled back for it', async () => {
    const shop = await fleet.released('rollback');
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    await release(shop, '3.0');
    await shop.syncCluster('qa', 'canary', 'Failed', FAULT);
    expect(await shop.file('qa', CHECKOUT)).toBe(before('3.0'));
    expect((await shop.rollout('qa')).message).toContain('checkout has Failed');
  });
});
