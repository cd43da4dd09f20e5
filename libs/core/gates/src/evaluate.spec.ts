import { clusterName, commitSha, environmentName, instant, later, personName } from '@sluice/kernel';
import type { ApprovalPolicy, Environment, Gate } from '@sluice/pipeline';
import { evaluateGate, evaluateGates, nextLook } from './evaluate.js';
import type { GateObservations, ObservedCluster, ObservedDecision } from './observations.js';
import { approvalObstacle } from './standing.js';

const NOW = instant(1_700_000_000_000);
const S = commitSha('a'.repeat(40));
const OTHER = commitSha('b'.repeat(40));

function observed(fields: Partial<GateObservations> = {}): GateObservations {
  return { sourceEnvironment: 'dev', sourceCommit: S, statuses: [], clusters: [], decisions: [], authors: [], previous: [], ...fields };
}
const cluster = (fields: Partial<ObservedCluster> = {}): ObservedCluster => ({ cluster: clusterName('dev-1'), content: S, status: 'Current', healthySince: NOW, message: '', ...fields });
const decision = (person: string, fields: Partial<ObservedDecision> = {}): ObservedDecision => ({ person: personName(person), groups: ['release-managers'], decision: 'approved', comment: '', at: NOW, ...fields });
const HEALTH: Gate = { name: 'dev-healthy', type: 'health', soak: 600_000 };
const CHECK: Gate = { name: 'unit', type: 'check', context: 'ci/test' };

describe('the check gate', () => {
  const status = (state: 'pending' | 'success' | 'failure' | 'error') => ({ context: 'ci/test', state, description: 'd', at: NOW });
  it.each([
    ['success', 'pass'],
    ['pending', 'wait'],
    ['failure', 'fail'],
    ['error', 'fail'],
  ] as const)('%s is a %s', (state, outcome) => {
    expect(evaluateGate(CHECK, observed({ statuses: [status(state)] }), NOW).outcome).toBe(outcome);
  });
  it('waits for a status that is not there, and for another context', () => {
    expect(evaluateGate(CHECK, observed(), NOW)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('no status ci/test') });
    expect(evaluateGate(CHECK, observed({ statuses: [{ ...status('success'), context: 'ci/lint' }] }), NOW).outcome).toBe('wait');
  });
  it('waits and says why when the forge cannot be asked', () => {
    const { statuses: _statuses, ...rest } = observed();
    expect(evaluateGate(CHECK, { ...rest, statusesMessage: 'the forge answers 502' }, NOW)).toMatchObject({ outcome: 'wait', message: 'the forge answers 502' });
  });
});

describe('the health gate', () => {
  it('waits without any agent: nothing is known', () => {
    expect(evaluateGate(HEALTH, observed(), NOW)).toMatchObject({ outcome: 'wait', message: 'no agent is enrolled in dev' });
  });
  it('soaks until every cluster has been healthy long enough, and names the time', () => {
    const clusters = [cluster(), cluster({ cluster: clusterName('dev-2'), healthySince: later(NOW, -300_000) })];
    const verdict = evaluateGate(HEALTH, observed({ clusters }), NOW);
    expect(verdict).toMatchObject({ outcome: 'wait', until: later(NOW, 600_000) });
    expect(evaluateGate(HEALTH, observed({ clusters }), later(NOW, 599_999)).outcome).toBe('wait');
    expect(evaluateGate(HEALTH, observed({ clusters }), later(NOW, 600_000)).outcome).toBe('pass');
  });
  it('waits for a cluster that runs other content', () => {
    const clusters = [cluster({ healthySince: later(NOW, -900_000) }), cluster({ cluster: clusterName('dev-2'), content: OTHER })];
    expect(evaluateGate(HEALTH, observed({ clusters }), NOW)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('dev-2') });
  });
  it('fails on Failed with this content', () => {
    expect(evaluateGate(HEALTH, observed({ clusters: [cluster({ status: 'Failed', message: 'crash' })] }), NOW)).toMatchObject({ outcome: 'fail', message: expect.stringContaining('crash') });
  });

  const passed = evaluateGate({ ...HEALTH, soak: 0 }, observed({ clusters: [cluster()] }), NOW);
  it.each([
    ['InProgress', { status: 'InProgress' as const }],
    ['Unknown', { status: 'Unknown' as const }],
    ['newer content', { content: OTHER, status: 'InProgress' as const }],
    ['failure of other content', { content: OTHER, status: 'Failed' as const }],
  ])('a pass stays through %s', (_what, fields) => {
    expect(evaluateGate(HEALTH, observed({ clusters: [cluster(fields)], previous: [passed] }), NOW).outcome).toBe('pass');
  });
  it('a pass does not stay through Failed on the same content', () => {
    expect(evaluateGate(HEALTH, observed({ clusters: [cluster({ status: 'Failed' })], previous: [passed] }), NOW).outcome).toBe('fail');
  });
});

describe('approvals', () => {
  const policy: ApprovalPolicy = { required: 2, from: [{ kind: 'group', name: 'release-managers' }], excludeAuthors: true, excludeRequester: true };
  const environment: Environment = { name: environmentName('prod'), branch: 'prod', from: [environmentName('qa')], directPush: 'deploy', drift: 'revert', merge: 'auto', onNewSource: 'update', gates: [], approvals: policy };
  const verdictFor = (fields: Partial<GateObservations>) => evaluateGates(environment, 'change', observed(fields), NOW).at(-1);

  it('counts each person once', () => {
    expect(verdictFor({ decisions: [decision('ada'), decision('ada')] })).toMatchObject({ outcome: 'wait', message: '1 of 2 given' });
    expect(verdictFor({ decisions: [decision('ada'), decision('bob')] })).toMatchObject({ outcome: 'pass' });
  });
  it("does not count an author's, the requester's or a stranger's, and says why", () => {
    const authors = [{ name: 'Ada', email: 'ada@example.org', person: personName('ada') }];
    expect(verdictFor({ authors, decisions: [decision('ada'), decision('bob')] })).toMatchObject({ outcome: 'wait', message: expect.stringContaining('an author may not approve') });
    expect(verdictFor({ requester: personName('bob'), decisions: [decision('ada'), decision('bob')] })?.message).toContain('the requester may not approve');
    expect(verdictFor({ decisions: [decision('ada'), decision('bob', { groups: [] })] })?.message).toContain('only group release-managers may approve');
  });
  it('waits when an author cannot be mapped to a person, whoever has approved', () => {
    const verdict = verdictFor({ authors: [{ name: 'Eve', email: 'eve@example.org' }], decisions: [decision('ada'), decision('bob')] });
    expect(verdict).toMatchObject({ outcome: 'wait', message: expect.stringContaining('eve@example.org'), clearedBy: expect.stringContaining('admin') });
  });
  it('fails on a rejection', () => {
    expect(verdictFor({ decisions: [decision('ada'), decision('bob'), decision('cleo', { decision: 'rejected', comment: 'no' })] })).toMatchObject({ outcome: 'fail' });
  });
  it('lets an author approve where the policy allows it', () => {
    expect(approvalObstacle({ ...policy, excludeAuthors: false }, { person: 'ada', groups: ['release-managers'] }, { authors: [{ name: 'Ada', email: 'a', person: personName('ada') }] })).toBeUndefined();
  });
  it('asks nobody about a record-only commit, and somebody about every adoption', () => {
    expect(evaluateGates(environment, 'record-only', observed(), NOW)).toEqual([]);
    const { approvals: _approvals, ...without } = environment;
    expect(evaluateGates(without, 'adopt', observed(), NOW)).toMatchObject([{ gate: 'adoption', outcome: 'wait' }]);
    expect(evaluateGates(without, 'adopt', observed({ decisions: [decision('ada')] }), NOW)).toMatchObject([{ outcome: 'pass' }]);
  });
});

describe('the manual gate', () => {
  const gate: Gate = { name: 'go', type: 'manual', from: [{ kind: 'group', name: 'sre' }] };
  it('passes only by somebody named, for this gate', () => {
    const cleared = (fields: Partial<ObservedDecision>) => evaluateGate(gate, observed({ decisions: [decision('ada', { decision: 'cleared', gate: 'go', groups: ['sre'], ...fields })] }), NOW).outcome;
    expect(cleared({})).toBe('pass');
    expect(cleared({ groups: [] })).toBe('wait');
    expect(cleared({ gate: 'other' })).toBe('wait');
    expect(cleared({ decision: 'approved' })).toBe('wait');
  });
});

describe('verdicts', () => {
  it('remember since when they are what they are', () => {
    const first = evaluateGate(CHECK, observed(), NOW);
    const second = evaluateGate(CHECK, observed({ previous: [first] }), later(NOW, 60_000));
    expect(second.since).toBe(NOW);
  });
  it('say when to look again', () => {
    expect(nextLook([evaluateGate(HEALTH, observed({ clusters: [cluster()] }), NOW), evaluateGate(CHECK, observed(), NOW)])).toBe(later(NOW, 600_000));
    expect(nextLook([])).toBeUndefined();
  });
});

describe('who is asked', () => {
  it('is named in what clears a verdict', () => {
    expect(evaluateGate({ name: 'go', type: 'manual', from: [] }, observed(), NOW).clearedBy).toContain('anybody');
  });
});
