import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release } from '../fleet.fixture.js';

describeWorlds('waves in which a cluster is not healthy or cannot be reached', (world) => {
  const fleet = new Fleet(world);

  it('hold what is healthy nowhere yet, and not what goes on autoscaling', async () => {
    const shop = await fleet.open();
    await release(shop, '2.0');
    await shop.syncCluster('qa', 'canary', 'InProgress');
    await fleet.pass(shop, 30);
    await shop.syncCluster('qa', 'canary', 'InProgress');
    expect((await shop.rollout('qa')).message).toContain('wave 1 of 2: ');
    await fleet.sync(shop, 'canary');
    await fleet.pass(shop, 14);
    await shop.syncCluster('qa', 'canary', 'InProgress');
    await fleet.pass(shop, 1);
    await shop.syncCluster('qa', 'canary', 'InProgress');
    expect((await shop.assigned('qa'))['eu']).toBe(await shop.head('qa'));
  });

  it('are held by a cluster that cannot be reached, by name, and go on when it is back', async () => {
    const shop = await fleet.open();
    await release(shop, '2.0');
    await fleet.sync(shop, 'canary');
    await fleet.pass(shop, 20);
    expect((await shop.rollout('qa')).message).toMatch(/wave 1 of 2: \S+-canary: its agent is not connected$/);
    expect((await shop.assigned('qa'))['eu']).not.toBe(await shop.head('qa'));
    await fleet.sync(shop, 'canary');
    expect((await shop.assigned('qa'))['eu']).toBe(await shop.head('qa'));
  });
});
