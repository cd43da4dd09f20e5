import { environmentName, later, personName } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import { evaluateGates, mergeObstacle } from '../evaluate.js';
import type { GateObservations } from '../observations.js';
import { judgeWaves } from './judge-waves.js';
import { CANARY, HEAD, NOW, aCluster, aRollout, facts, runsIt } from './rollout.fixture.js';
import type { Rollout, RolloutCluster } from './rollout.js';
import { observedRollout, sayRollout } from './say-rollout.js';

const CLUSTERS = [aCluster('canary', CANARY, runsIt()), aCluster('eu')];
const running = (fields: Partial<Rollout> = {}): Rollout => aRollout({ state: 'running', wave: 0, assigned: { canary: HEAD }, ...fields });
const observe = (rollout: Rollout, clusters: readonly RolloutCluster[] = CLUSTERS) => observedRollout(rollout, judgeWaves(rollout, facts(clusters)));
const grace = { by: personName('grace'), reason: 'look', at: NOW };

describe('a rollout is said', () => {
  it.each([
    [running(), 'rollout prod-checkout-1, wave 1 of 2, until Tue 2023-11-14 22:28 UTC'],
    [running({ paused: grace }), 'rollout prod-checkout-1, wave 1 of 2, is paused by grace: look'],
    [running({ undoing: { reason: 'it burns', at: NOW } }), 'rollout prod-checkout-1, wave 1 of 2, is being rolled back: it burns'],
    [running({ wave: 1 }), 'rollout prod-checkout-1, wave 2 of 2: eu: its turn comes later'],
    [aRollout(), 'rollout prod-checkout-1 is about to begin'],
    [running({ state: 'ended', end: 'done' }), 'rollout prod-checkout-1 is done'],
    [running({ state: 'ended', end: 'rolled-back' }), 'rollout prod-checkout-1 was rolled back'],
  ])('%#: %s', (rollout, sentence) => {
    expect(sayRollout(rollout, judgeWaves(rollout, facts(CLUSTERS)))).toBe(sentence);
  });

  it('to nobody while its batch is gathered, and after its end', () => {
    expect(observe(aRollout())).toBeUndefined();
    expect(observe(running({ state: 'ended' }))).toBeUndefined();
  });
});

describe('promotions into an environment where something rolls out', () => {
  const environment: Environment = { name: environmentName('prod'), branch: 'prod', from: [environmentName('qa')], directPush: 'deploy', drift: 'revert', merge: 'auto', onNewSource: 'update', gates: [], emergency: { required: 1, from: [{ kind: 'group', name: 'sre' }], also: [] } };
  const observed = (fields: Partial<GateObservations> = {}): GateObservations => ({ sourceEnvironment: 'qa', sourceCommit: HEAD, statuses: [], clusters: [], decisions: [], authors: [], previous: [], rollout: observe(running())!, ...fields });

  it.each([['change' as const], ['adopt' as const]])('wait for it: %s', (kind) => {
    const verdict = evaluateGates(environment, kind, observed(), NOW).find(({ gate }) => gate === 'rollout');
    expect(verdict).toMatchObject({ outcome: 'wait', until: later(NOW, 900_000), message: expect.stringContaining('wave 1 of 2') });
    expect(mergeObstacle(environment, kind, observed(), NOW)).toMatchObject({ gate: 'rollout' });
  });

  it.each([['record-only' as const], ['rollback' as const]])('do not: %s', (kind) => {
    const ordered = observed({ rollback: { reason: 'it burns', groups: [] } });
    expect(evaluateGates(environment, kind, ordered, NOW).find(({ gate }) => gate === 'rollout')).toBeUndefined();
    expect(mergeObstacle(environment, kind, ordered, NOW)).toBeUndefined();
  });

  it('do not in an emergency, which is for this rollout and no later one', () => {
    const decision = { person: personName('eve'), groups: ['sre'], decision: 'overridden' as const, gate: 'rollout', comment: 'fire', at: NOW };
    const outcome = (at: typeof NOW) => evaluateGates(environment, 'change', observed({ decisions: [{ ...decision, at }] }), NOW).at(-1)?.outcome;
    expect(outcome(NOW)).toBe('pass');
    expect(outcome(later(NOW, -1))).toBe('wait');
  });

  it('that come from one are not live there before its last wave', () => {
    const health = { ...environment, gates: [{ name: 'healthy', type: 'health' as const, soak: 0 }] };
    const { rollout, ...without } = observed({ clusters: [{ cluster: CLUSTERS[0]!.name, content: HEAD, status: 'Current', healthySince: NOW, message: '' }] });
    expect(evaluateGates(health, 'change', without, NOW)[0]).toMatchObject({ outcome: 'pass' });
    expect(evaluateGates(health, 'change', { ...without, sourceRollout: rollout! }, NOW)[0]).toMatchObject({ outcome: 'wait', message: expect.stringContaining('not in all waves of qa yet') });
  });
});
