import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, release, stateOf } from '../fleet.fixture.js';

describeWorlds('waves while clusters come and go', (world) => {
  const fleet = new Fleet(world);

  it('without a cluster are passed, and clusters that no wave selects come last', async () => {
    const rollout = '      rollout: { waves: [{ clusters: { nobody: "true" }, soak: 1h }, { clusters: { canary: "true" } }] }';
    const shop = await fleet.open({ qa: rollout });
    const before = await shop.head('qa');
    await release(shop, '2.0');
    const merged = await shop.head('qa');
    expect(await shop.assigned('qa')).toEqual({ canary: merged, eu: before, us: before });
    expect((await shop.rollout('qa')).waves.map(({ name, state, message }) => [name, state, message])).toEqual([
      ['nobody=true', 'empty', 'no cluster is in it'],
      ['canary=true', 'current', expect.stringContaining('does not run checkout')],
      ['in no wave', 'later', expect.stringContaining('its turn comes later')],
    ]);
    await fleet.sync(shop, 'canary');
    expect((await shop.rollout('qa')).message).toContain('clusters in no wave');
    await fleet.sync(shop, 'eu', 'us');
    expect(await stateOf(shop, 'checkout')).toBe('live');
  });

  it('follow labels that change in the middle: who comes in gets it and is waited for, who goes keeps it', async () => {
    const shop = await fleet.open();
    const before = await shop.head('qa');
    await release(shop, '2.0');
    const merged = await shop.head('qa');
    await fleet.sync(shop, 'canary');
    await shop.label('eu', { canary: 'true' });
    await shop.label('canary', {}, 'canary');
    expect(await shop.assigned('qa')).toEqual({ canary: merged, eu: merged, us: before });
    await fleet.pass(shop, 15, 'canary');
    expect((await shop.assigned('qa'))['us']).toBe(before);
    await fleet.sync(shop, 'eu');
    await fleet.pass(shop, 15, 'eu');
    expect((await shop.assigned('qa'))['us']).toBe(merged);
  });

  it('keep a cluster that enrols in the middle back until its turn', async () => {
    const shop = await fleet.open();
    const before = await shop.head('qa');
    await release(shop, '2.0');
    await shop.enrol('qa', 'new');
    expect((await shop.assigned('qa'))['new']).toBe(before);
    await fleet.sync(shop, 'new');
    expect((await shop.rollout('qa')).waves[1]?.clusters.map(({ name }) => name.split('-').at(-1))).toEqual(['eu', 'new', 'us']);
  });
});
