import { CHECKOUT, branches, deployment } from './shop.fixture.js';
import { describeWorlds } from './describe-worlds.fixture.js';
import { Fleet, inWaves, release, stateOf } from './fleet.fixture.js';

// Design, "Rollback, hold, backflow, waves": what is merged into an environment reaches its clusters one wave after the other.
describeWorlds('waves', (world) => {
  const fleet = new Fleet(world);

  it('bring a merge to the canary at once, to the others after its soak, and it is live when all have it', async () => {
    const shop = await fleet.open();
    const before = await shop.head('qa');
    await release(shop, '2.0');
    const merged = await shop.head('qa');
    expect(await shop.assigned('qa')).toEqual({ canary: merged, eu: before, us: before });
    await fleet.sync(shop, 'canary');
    await fleet.pass(shop, 14, 'canary');
    expect(await shop.assigned('qa')).toEqual({ canary: merged, eu: before, us: before });
    expect((await shop.rollout('qa')).message).toMatch(/^rollout qa-checkout-\w+, wave 1 of 2, until .* UTC$/);
    await fleet.pass(shop, 1, 'canary');
    expect(await shop.assigned('qa')).toEqual({ canary: merged, eu: merged, us: merged });
    await fleet.sync(shop, 'eu');
    expect(await stateOf(shop, 'checkout')).toBe('rolling-out');
    await fleet.sync(shop, 'us');
    expect(await stateOf(shop, 'checkout')).toBe('live');
    expect((await shop.rollout('qa')).message).toMatch(/^rollout qa-checkout-\w+ is done$/);
  });

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

  it('are explained: who has it, whose turn comes later, and who can do something about it', async () => {
    const shop = await fleet.open();
    await release(shop, '2.0');
    await fleet.sync(shop, 'canary');
    const items = await shop.why('checkout', 'qa');
    expect(items[0]).toMatchObject({ condition: 'rollout', message: expect.stringContaining('wave 1 of 2, until'), verdicts: [{ gate: 'wave 1', outcome: 'wait', clearedBy: 'time' }, { gate: 'wave 2', outcome: 'wait', clearedBy: 'the wave before it' }] });
    const own = items.find(({ promotion }) => promotion);
    expect(own?.verdicts.map(({ gate, message }) => `${gate.split('-').at(-1)}: ${message}`)).toEqual(['canary: runs it, healthy', 'eu: its wave comes later', 'us: its wave comes later']);
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

  it('go on as they were begun when the pipeline changes them, and by the new ones from the next merge', async () => {
    const shop = await fleet.open();
    const before = await shop.head('qa');
    await release(shop, '2.0');
    await shop.commit('main', { 'sluice.yaml': branches({ prod: '      merge: manual' })['main']?.['sluice.yaml'] ?? '' });
    await shop.settle();
    expect((await shop.assigned('qa'))['eu']).toBe(before);
    await fleet.rollOut(shop);
    expect(await stateOf(shop, 'checkout')).toBe('live');
    await release(shop, '3.0');
    expect(Object.values(await shop.assigned('qa'))).toEqual(Array(3).fill(await shop.head('qa')));
  });

  it('let nothing through to the next environment before the last one has it', async () => {
    const shop = await fleet.open({ qa: '      rollout: { waves: [{ clusters: { canary: "true" } }, { clusters: {}, soak: 10m }] }', prod: '      gates: [{ name: qa-healthy, type: health }]' });
    await release(shop, '2.0');
    await fleet.sync(shop, 'canary');
    const gate = async () => (await shop.current('checkout', 'prod'))?.verdicts.find(({ gate: name }) => name === 'qa-healthy');
    expect(await gate()).toMatchObject({ outcome: 'wait' });
    await fleet.sync(shop, 'eu', 'us');
    expect(await gate()).toMatchObject({ outcome: 'wait', message: expect.stringMatching(/^not in all waves of qa yet: rollout qa-checkout-\w+, wave 2 of 2, until/) });
    await fleet.pass(shop, 10, 'eu', 'us');
    expect(await shop.file('prod', CHECKOUT)).toContain('checkout:2.0');
  });

  it('begin with the second merge: the first commit of an environment goes everywhere', async () => {
    const shop = await world().repository(branches({ qa: inWaves(), prod: '      merge: manual' }));
    await shop.enrol('qa', 'eu');
    expect((await shop.assigned('qa'))['eu']).toBe(await shop.head('qa'));
  });

  it('take files of no application as well: the canary has to run them first', async () => {
    const shop = await fleet.open();
    const before = await shop.head('qa');
    const pushed = await shop.commit('qa', { 'README.md': 'of nobody\n' });
    await shop.settle();
    expect(await shop.assigned('qa')).toEqual({ canary: pushed, eu: before, us: before });
    await fleet.sync(shop, 'canary', 'eu', 'us');
    expect((await shop.rollout('qa')).rollout).toMatchObject({ state: 'ended', end: 'done' });
    expect((await shop.assigned('qa'))['us']).toBe(pushed);
  });

  it('take a change that somebody pushes past the promotions as well', async () => {
    const shop = await fleet.open();
    const before = await shop.head('qa');
    const pushed = await shop.commit('qa', { [CHECKOUT]: deployment('checkout', { tag: '1.0', replicas: 9 }) });
    await shop.settle();
    expect(await shop.assigned('qa')).toEqual({ canary: pushed, eu: before, us: before });
    expect((await shop.rollout('qa')).rollout).toMatchObject({ id: `qa-${pushed.slice(0, 12)}`, promotions: [] });
    await fleet.rollOut(shop);
    expect((await shop.rollout('qa')).rollout).toMatchObject({ state: 'ended', end: 'done' });
  });
});
