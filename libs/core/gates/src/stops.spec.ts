import { applicationName, commitSha, environmentName, instant, later, personName } from '@sluice/kernel';
import type { EmergencyPolicy, Environment, Gate, WindowRule } from '@sluice/pipeline';
import { evaluateGates, mergeObstacle, nextLook } from './evaluate.js';
import { isFrozen } from './freeze.js';
import type { Freeze } from './freeze.js';
import type { GateObservations, ObservedDecision } from './observations.js';

// a Friday
const NOON = instant(Date.parse('2026-01-09T12:00:00Z'));
const AT_SIX = instant(Date.parse('2026-01-09T18:00:00Z'));
const MONDAY = instant(Date.parse('2026-01-12T08:00:00Z'));
const HOUR = 3_600_000;

const WEEKEND: WindowRule = { effect: 'deny', times: { kind: 'weekly', weekdays: [5], from: 900, days: 3, to: 480 }, timezone: 'UTC', text: 'Fri 15:00-Mon 08:00' };
const SRE: EmergencyPolicy = { required: 1, from: [{ kind: 'group', name: 'sre' }], also: [] };
const CHECK: Gate = { name: 'unit', type: 'check', context: 'ci/test' };

const environment = (fields: Partial<Environment> = {}): Environment => ({ name: environmentName('prod'), branch: 'prod', from: [environmentName('qa')], directPush: 'deploy', drift: 'revert', merge: 'auto', onNewSource: 'update', gates: [], ...fields });
const observed = (fields: Partial<GateObservations> = {}): GateObservations => ({ sourceEnvironment: 'qa', sourceCommit: commitSha('a'.repeat(40)), statuses: [], clusters: [], decisions: [], authors: [], previous: [], ...fields });
const freeze = (fields: Partial<Freeze> = {}): Freeze => ({ reason: 'incident 7', by: personName('grace'), at: NOON, ...fields });
const override = (person: string, gate: string, fields: Partial<ObservedDecision> = {}): ObservedDecision => ({ person: personName(person), groups: ['sre'], decision: 'overridden', gate, comment: 'site is down', at: AT_SIX, ...fields });

describe('the windows of an environment', () => {
  const prod = environment({ windows: [WEEKEND] });

  it('wait while they are closed, and say until when, by which rule and who clears it', () => {
    expect(evaluateGates(prod, 'change', observed(), AT_SIX)).toEqual([
      { gate: 'windows', type: 'window', outcome: 'wait', message: 'closed until Mon 2026-01-12 08:00 UTC (deny Fri 15:00-Mon 08:00)', clearedBy: 'time', until: MONDAY, since: AT_SIX, evidence: { rules: 'deny Fri 15:00-Mon 08:00', timezone: 'UTC', opensAt: MONDAY } },
    ]);
  });

  it('are looked at again when they open, and when they close', () => {
    expect(nextLook(evaluateGates(prod, 'change', observed(), AT_SIX))).toBe(MONDAY);
    expect(nextLook(evaluateGates(prod, 'change', observed(), NOON))).toBe(later(NOON, 3 * HOUR));
  });

  it('close although they were open a moment ago: a pass is not kept', () => {
    const previous = evaluateGates(prod, 'change', observed(), NOON);
    expect(previous).toMatchObject([{ outcome: 'pass' }]);
    expect(evaluateGates(prod, 'change', observed({ previous }), AT_SIX)).toMatchObject([{ outcome: 'wait', since: AT_SIX }]);
  });

  it('let a record-only commit pass, which changes nothing that runs', () => {
    expect(evaluateGates(prod, 'record-only', observed({ freezes: [freeze()] }), AT_SIX)).toEqual([]);
    expect(mergeObstacle(prod, 'record-only', observed({ freezes: [freeze()] }), AT_SIX)).toBeUndefined();
  });
});

describe('a freeze', () => {
  it('shows only while it is in force', () => {
    const freezes = [freeze({ until: later(NOON, HOUR) })];
    expect(evaluateGates(environment(), 'change', observed({ freezes }), later(NOON, -1))).toEqual([]);
    expect(evaluateGates(environment(), 'change', observed({ freezes }), NOON)).toMatchObject([{ gate: 'freeze', outcome: 'wait', until: later(NOON, HOUR), message: 'frozen by grace until Fri 2026-01-09 13:00 UTC: incident 7' }]);
    expect(evaluateGates(environment(), 'change', observed({ freezes }), later(NOON, HOUR))).toEqual([]);
  });

  it('of several, the last to end is named', () => {
    const freezes = [freeze({ until: later(NOON, HOUR) }), freeze({ reason: 'audit', by: personName('ada') }), freeze({ until: later(NOON, -HOUR) })];
    const [verdict] = evaluateGates(environment(), 'change', observed({ freezes }), NOON);
    expect(verdict).toMatchObject({ message: 'frozen by ada until it is lifted: audit (and 1 more)', clearedBy: 'a promoter, with sluice unfreeze', evidence: { freezes: 2 } });
    expect(verdict?.until).toBeUndefined();
  });

  it.each([
    [{}, true],
    [{ environment: environmentName('prod') }, true],
    [{ environment: environmentName('qa') }, false],
    [{ application: applicationName('cart') }, true],
    [{ environment: environmentName('prod'), application: applicationName('checkout') }, false],
  ])('of %j stops cart in prod: %s', (scope, stops) => {
    expect(isFrozen(scope, { application: applicationName('cart'), target: environmentName('prod') })).toBe(stops);
  });

  it('in the pipeline file has a beginning, an end and a reason', () => {
    const gate: Gate = { name: 'christmas', type: 'freeze', from: AT_SIX, until: MONDAY, timezone: 'Europe/Berlin', reason: 'end of the year' };
    const prod = environment({ gates: [gate] });
    expect(evaluateGates(prod, 'change', observed(), NOON)).toMatchObject([{ outcome: 'pass', message: 'freezes at Fri 2026-01-09 19:00 Europe/Berlin: end of the year', until: AT_SIX }]);
    expect(evaluateGates(prod, 'change', observed(), AT_SIX)).toMatchObject([{ outcome: 'wait', message: 'frozen until Mon 2026-01-12 09:00 Europe/Berlin: end of the year', until: MONDAY }]);
    expect(evaluateGates(prod, 'change', observed(), MONDAY)).toMatchObject([{ outcome: 'pass', message: 'over since Mon 2026-01-12 09:00 Europe/Berlin' }]);
  });
});

describe('an override', () => {
  const prod = environment({ windows: [WEEKEND], gates: [CHECK], emergency: SRE, approvals: { required: 1, from: [], excludeAuthors: false, excludeRequester: false } });
  const verdictOf = (gate: string, decisions: readonly ObservedDecision[], of: Environment = prod) => evaluateGates(of, 'adopt', observed({ decisions, freezes: [freeze()] }), AT_SIX).find((verdict) => verdict.gate === gate);

  it.each(['unit', 'windows', 'freeze'])('lets %s pass, and says who, why and what it said itself', (gate) => {
    const itself = verdictOf(gate, [])?.message ?? '';
    expect(verdictOf(gate, [override('eve', gate)])).toMatchObject({ outcome: 'pass', message: `overridden by eve: site is down (it said: ${itself})`, evidence: { overridden: 'wait', overriddenBy: 'eve' } });
  });

  it('is offered by name to those who could give it', () => {
    expect(verdictOf('unit', [])?.clearedBy).toContain('; in an emergency group sre, with sluice override');
    expect(verdictOf('approvals', [])?.clearedBy).not.toContain('emergency');
  });

  it.each([
    ['by somebody else', 'unit', { groups: ['developers'] }, prod],
    ['of another gate', 'unit', { gate: 'windows' }, prod],
    ['of approvals that the policy does not name', 'approvals', {}, prod],
    ['of an adoption that the policy does not name', 'adoption', {}, prod],
    ['of a freeze that came after it', 'freeze', { at: later(NOON, -1) }, prod],
    ['without a policy', 'unit', {}, environment({ gates: [CHECK] })],
  ])('%s does not count', (_what, gate, fields, of) => {
    expect(verdictOf(gate, [override('eve', gate, fields)], of)).toMatchObject({ outcome: 'wait' });
  });

  it('sets approvals and adoption aside where the policy names them', () => {
    const named = { ...prod, emergency: { ...SRE, also: ['approvals', 'adoption'] as const } };
    expect(verdictOf('approvals', [override('eve', 'approvals')], named)).toMatchObject({ outcome: 'pass' });
    expect(verdictOf('adoption', [override('eve', 'adoption')], named)).toMatchObject({ outcome: 'pass' });
  });

  it('takes as many people as the policy says, each counted once', () => {
    const two = { ...prod, emergency: { ...SRE, required: 2 } };
    expect(verdictOf('unit', [override('eve', 'unit'), override('eve', 'unit')], two)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('(1 of 2 overrides given, by eve)') });
    expect(verdictOf('unit', [override('eve', 'unit'), override('mallory', 'unit')], two)).toMatchObject({ outcome: 'pass', evidence: { overriddenBy: 'eve, mallory' } });
  });

  it('is no pass of the gate itself: health that was overridden does not stick', () => {
    const healthy = environment({ gates: [{ name: 'qa-healthy', type: 'health', soak: 0 }], emergency: SRE });
    const previous = evaluateGates(healthy, 'change', observed({ decisions: [override('eve', 'qa-healthy')] }), AT_SIX);
    expect(previous).toMatchObject([{ outcome: 'pass', since: AT_SIX }]);
    expect(evaluateGates(healthy, 'change', observed({ previous }), later(AT_SIX, HOUR))).toMatchObject([{ outcome: 'wait', since: AT_SIX }]);
    expect(evaluateGates(healthy, 'change', observed({ previous, decisions: [override('eve', 'qa-healthy')] }), later(AT_SIX, HOUR))).toEqual(previous);
  });
});

describe('at the moment of merging', () => {
  const gate: Gate = { name: 'office', type: 'window', rule: { ...WEEKEND, effect: 'allow', text: 'x' } };
  it.each([
    ['windows that have closed', environment({ windows: [WEEKEND] }), {}, 'windows'],
    ['a window gate', environment({ gates: [CHECK, gate] }), {}, undefined],
    ['a freeze', environment(), { freezes: [freeze()] }, 'freeze'],
    ['windows that are overridden', environment({ windows: [WEEKEND], emergency: SRE }), { decisions: [override('eve', 'windows')] }, undefined],
    ['nothing', environment({ gates: [CHECK] }), {}, undefined],
  ])('%s count', (_what, of, fields, obstacle) => {
    expect(mergeObstacle(of, 'change', observed(fields), AT_SIX)?.gate).toBe(obstacle);
  });

  it.each<[string, Environment, Partial<GateObservations>, string | undefined]>([
    ['by whom the emergency policy names', environment({ emergency: SRE, windows: [WEEKEND] }), { rollback: { reason: 'x', person: personName('eve'), groups: ['sre'] }, freezes: [freeze()] }, undefined],
    ['by whom it no longer names', environment({ emergency: SRE }), { rollback: { reason: 'x', person: personName('eve'), groups: [] } }, 'emergency'],
    ['by somebody who was deactivated since', environment({ emergency: SRE }), { rollback: { reason: 'x', person: personName('eve'), groups: ['sre'], deactivated: true } }, 'emergency'],
    ['by the pipeline', environment({ emergency: SRE }), { rollback: { reason: 'x', groups: [] } }, undefined],
  ])('of a rollback that was ordered %s only its people count', (_what, of, fields, obstacle) => {
    expect(mergeObstacle(of, 'rollback', observed(fields), AT_SIX)?.gate).toBe(obstacle);
  });
});
