import { applicationName, later, personName, promotionId } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import { judgeWaves } from './judge-waves.js';
import { GATHERING, ended, joinRollout, planRollout } from './plan-rollout.js';
import { BASE, CANARY, FIX, HEAD, NOW, aCluster, aRollout, facts, runsIt } from './rollout.fixture.js';
import type { Rollout, RolloutCluster, RolloutFacts } from './rollout.js';

const SOAKED: Instant = later(NOW, 900_000);
const plan = (rollout: Rollout, clusters: readonly RolloutCluster[], fields: Partial<RolloutFacts> = {}) => planRollout(rollout, facts(clusters, fields), true);
/** In wave 1, and its canary has what goes out. */
const running = (fields: Partial<Rollout> = {}): Rollout => ({ ...plan(aRollout(), [aCluster('canary', CANARY), aCluster('eu'), aCluster('us')]).rollout, ...fields });

describe('the first wave', () => {
  it('gets what was merged at once, and the others keep what they run', () => {
    const { rollout, events } = plan(aRollout(), [aCluster('canary', CANARY), aCluster('eu')]);
    expect(rollout).toMatchObject({ state: 'running', wave: 0, assigned: { canary: HEAD }, revision: 1 });
    expect(rollout.assigned).not.toHaveProperty('eu');
    expect(events.map(({ type }) => type)).toEqual(['rollout.begun']);
  });

  it('waits for merges that are under way, but not for ever', () => {
    const waiting = planRollout(aRollout(), facts([aCluster('canary', CANARY)]), false);
    expect(waiting).toMatchObject({ rollout: { state: 'gathering', assigned: {} }, lookAgainAt: later(NOW, 1_000) });
    expect(planRollout(aRollout(), facts([aCluster('canary', CANARY)], { now: later(NOW, GATHERING) }), false).rollout.state).toBe('running');
  });

  it('without a cluster is passed', () => {
    const { rollout, waves } = plan(aRollout(), [aCluster('eu')]);
    expect(rollout).toMatchObject({ wave: 1, assigned: { eu: HEAD } });
    expect(waves[0]).toMatchObject({ state: 'empty', message: 'no cluster is in it' });
  });
});

describe('the next wave', () => {
  const others = [aCluster('eu'), aCluster('us')];
  it.each([
    ['does not run it yet', {}, NOW, 'wait', 'canary: does not run checkout at aaaaaaaaaa yet'],
    ['is in progress', runsIt({ status: 'InProgress', healthySince: undefined as never, message: 'starts' }), SOAKED, 'wait', 'canary: checkout is InProgress: starts'],
    ['soaks', runsIt(), later(NOW, 899_999), 'wait', 'canary: healthy, and soaking'],
    ['has Failed', runsIt({ status: 'Failed', message: 'crash' }), SOAKED, 'fail', 'canary: checkout has Failed: crash'],
    ['is unreachable', { ...runsIt(), connected: false }, SOAKED, 'wait', 'canary: its agent is not connected'],
  ] as const)('waits while the canary %s', (...[, fields, now, outcome, message]) => {
    const { rollout, waves } = plan(running(), [aCluster('canary', CANARY, fields), ...others], { now });
    expect(rollout.wave).toBe(0);
    expect(waves[0]).toMatchObject({ outcome, message });
  });

  it('is looked at when the soak is over, and then begins', () => {
    const clusters = [aCluster('canary', CANARY, runsIt()), ...others];
    expect(plan(running(), clusters).lookAgainAt).toBe(SOAKED);
    const { rollout, events } = plan(running(), clusters, { now: SOAKED });
    expect(rollout).toMatchObject({ wave: 1, assigned: { canary: HEAD, eu: HEAD, us: HEAD }, revision: 2 });
    expect(events).toEqual([{ type: 'rollout.wave', message: 'rollout prod-checkout-1: wave 2 of 2 begins: eu, us' }]);
  });

  it.each(['InProgress', 'Unknown'] as const)('is not held by %s of what was healthy with it', (status) => {
    expect(plan(running(), [aCluster('canary', CANARY, runsIt({ status })), ...others], { now: SOAKED }).rollout.wave).toBe(1);
  });

  it('looks again for an agent that is away: no heartbeat wakes it', () => {
    expect(plan(running(), [aCluster('canary', CANARY, { ...runsIt(), connected: false })]).lookAgainAt).toBe(later(NOW, 30_000));
  });

  it('waits when a cluster of an earlier one has Failed since', () => {
    const three = running({ waves: [{ clusters: CANARY, soak: 0 }, { clusters: { region: 'eu' }, soak: 0 }, { clusters: {}, soak: 0 }], wave: 1, assigned: { canary: HEAD, eu: HEAD } });
    const clusters = [aCluster('canary', CANARY, runsIt({ status: 'Failed' })), aCluster('eu', { region: 'eu' }, runsIt()), aCluster('us')];
    expect(plan(three, clusters).rollout.wave).toBe(1);
  });
});

describe('the end', () => {
  const all = [aCluster('canary', CANARY, runsIt()), aCluster('eu', {}, runsIt()), aCluster('us', {}, runsIt())];
  const last = running({ wave: 1, assigned: { canary: HEAD, eu: HEAD, us: HEAD } });

  it('comes when the last wave is healthy', () => {
    const { rollout, events } = plan(last, all, { now: SOAKED });
    expect(rollout).toMatchObject({ state: 'ended', end: 'done', endedAt: SOAKED, assigned: {} });
    expect(events.at(-1)).toMatchObject({ type: 'rollout.done' });
  });

  it('waits for clusters that no wave selects: they come last', () => {
    const two = { ...last, waves: [{ clusters: CANARY, soak: 0 }, { clusters: { region: 'eu' }, soak: 0 }], assigned: { canary: HEAD, eu: HEAD } };
    const { rollout, waves } = plan(two, [all[0]!, aCluster('eu', { region: 'eu' }, runsIt()), aCluster('us')]);
    expect(rollout).toMatchObject({ state: 'running', wave: 2, assigned: { us: HEAD } });
    expect(waves[2]).toMatchObject({ name: 'in no wave', state: 'current' });
  });
});

describe('a fault', () => {
  const faulty = [aCluster('canary', CANARY, runsIt({ status: 'Failed', message: 'crash' })), aCluster('eu')];

  it.each([
    ['rollback', { undo: { reason: 'checkout has Failed: crash (in canary)' } }, { undoing: expect.anything() }],
    ['pause', {}, { paused: { reason: 'checkout has Failed: crash (in canary)' } }],
    [undefined, {}, {}],
  ] as const)('under onDegraded %s', (onDegraded, wanted, rollout) => {
    const before = running(onDegraded ? { onDegraded } : {});
    const planned = plan(before, faulty);
    expect(planned).toMatchObject({ ...wanted, rollout });
    expect(planned.events).toContainEqual({ type: 'rollout.degraded', message: 'rollout prod-checkout-1: checkout has Failed: crash (in canary)' });
  });

  it('has its consequence once', () => {
    const paused = plan(running({ onDegraded: 'pause' }), faulty).rollout;
    const { paused: _paused, ...continued } = paused;
    expect(plan(continued, faulty)).toMatchObject({ events: [] });
    expect(plan(continued, faulty).rollout).not.toHaveProperty('paused');
  });

  it('is none of the batch where the application was not healthy before, or nothing is known of before', () => {
    expect(plan(running({ onDegraded: 'rollback', healthyBefore: {} }), faulty)).not.toHaveProperty('undo');
    const { base: _base, ...unknown } = running({ onDegraded: 'rollback' });
    expect(plan(unknown, faulty).rollout).toMatchObject({ paused: expect.anything() });
  });

  it('of what no promotion brought pauses: undoing promotions would not mend it', () => {
    const planned = plan(running({ onDegraded: 'rollback' }), faulty, { promoted: [] });
    expect(planned).not.toHaveProperty('undo');
    expect(planned.rollout).toMatchObject({ paused: { reason: expect.stringContaining('has Failed') } });
  });
});

describe('a paused rollout', () => {
  const paused = running({ paused: { by: personName('grace'), reason: 'look', at: NOW } });

  it('gives nothing to any cluster, not even one that is moved into its wave', () => {
    const { rollout } = plan(paused, [aCluster('canary', CANARY, runsIt()), aCluster('eu', CANARY)], { now: SOAKED });
    expect(rollout).toMatchObject({ wave: 0, assigned: { canary: HEAD } });
    expect(rollout.assigned).not.toHaveProperty('eu');
  });
});

describe('labels that change', () => {
  it('move a cluster into the wave that is under way, which waits for it', () => {
    const { rollout, waves } = plan(running(), [aCluster('canary', CANARY, runsIt()), aCluster('eu', CANARY)], { now: SOAKED });
    expect(rollout).toMatchObject({ wave: 0, assigned: { canary: HEAD, eu: HEAD } });
    expect(waves[0]).toMatchObject({ outcome: 'wait', message: expect.stringContaining('eu') });
  });

  it('take nothing from a cluster that has it already', () => {
    const { rollout } = plan(running(), [aCluster('canary', {}, runsIt()), aCluster('eu')]);
    expect(rollout.assigned['canary']).toBe(HEAD);
  });
});

describe('what arrives meanwhile', () => {
  it('and changes nothing that runs goes along', () => {
    const joined = joinRollout(running(), FIX, 'nothing', []);
    expect(joined).toMatchObject({ head: FIX, wave: 0, assigned: { canary: FIX } });
  });

  it('and is new goes through the waves from the first, in the same batch', () => {
    const joined = joinRollout(running({ wave: 1, assigned: { canary: HEAD, eu: HEAD } }), FIX, 'forward', [promotionId('prod-cart-1')]);
    expect(joined).toMatchObject({ wave: 0, promotions: ['prod-checkout-1', 'prod-cart-1'], assigned: { canary: HEAD, eu: HEAD } });
    const applications = [{ application: applicationName('checkout'), content: FIX, touched: 3 }];
    expect(plan(joined, [aCluster('canary', CANARY, runsIt()), aCluster('eu', {}, runsIt())], { applications }).rollout).toMatchObject({ wave: 0, assigned: { canary: FIX, eu: HEAD } });
  });

  it('and goes back reaches whoever has any of the batch at once, also while it is paused', () => {
    const joined = joinRollout(running({ assigned: { canary: HEAD, us: BASE } }), FIX, 'back', []);
    expect(joined.assigned).toEqual({ canary: FIX, us: BASE });
  });
});

it('what has ended gives every cluster the same', () => {
  const over = ended(running(), 'rolled-back', NOW);
  expect(over).toMatchObject({ state: 'ended', end: 'rolled-back', revision: 2 });
  expect(judgeWaves(over, facts([aCluster('eu')]))[1]?.clusters[0]?.assigned).toBe(HEAD);
});
