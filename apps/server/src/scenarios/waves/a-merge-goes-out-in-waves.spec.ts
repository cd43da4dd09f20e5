import { describeWorlds } from '../describe-worlds.fixture.js';
import { Fleet, inWaves, release, stateOf } from '../fleet.fixture.js';
import { CHECKOUT, branches } from '../shop.fixture.js';

describeWorlds('waves of a rollout', (world) => {
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

  it('are explained: who has it, whose turn comes later, and who can do something about it', async () => {
    const shop = await fleet.open();
    await release(shop, '2.0');
    await fleet.sync(shop, 'canary');
    const items = await shop.why('checkout', 'qa');
    expect(items[0]).toMatchObject({ condition: 'rollout', message: expect.stringContaining('wave 1 of 2, until'), verdicts: [{ gate: 'wave 1', outcome: 'wait', clearedBy: 'time' }, { gate: 'wave 2', outcome: 'wait', clearedBy: 'the wave before it' }] });
    const own = items.find(({ promotion }) => promotion);
    expect(own?.verdicts.map(({ gate, message }) => `${gate.split('-').at(-1)}: ${message}`)).toEqual(['canary: runs it, healthy', 'eu: its wave comes later', 'us: its wave comes later']);
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
});
