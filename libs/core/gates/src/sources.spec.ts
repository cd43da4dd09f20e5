import { applicationName, clusterName, commitSha, environmentName, instant, later } from '@sluice/kernel';
import type { Environment, Gate } from '@sluice/pipeline';
import { evaluateGate, evaluateGates } from './evaluate.js';
import type { GateObservations, ObservedCluster, ObservedPredecessor, ObservedSource } from './observations.js';

const NOW = instant(1_700_000_000_000);
const HEALTH: Gate = { name: 'tested', type: 'health', soak: 600_000 };
const commitOf = (environment: string) => commitSha((environment === 'qa' ? 'a' : 'b').repeat(40));
const running = (environment: string, fields: Partial<ObservedCluster> = {}): ObservedCluster => ({ cluster: clusterName(`${environment}-1`), content: commitOf(environment), status: 'Current', healthySince: NOW, message: '', ...fields });
const source = (environment: string, fields: Partial<ObservedSource> = {}): ObservedSource => ({ environment: environmentName(environment), commit: commitOf(environment), clusters: [running(environment)], passed: [], ...fields });

function observed(fields: Partial<GateObservations>): GateObservations {
  return { sourceEnvironment: 'qa', sourceCommit: commitOf('qa'), statuses: [], clusters: [], decisions: [], authors: [], previous: [], ...fields };
}
const judge = (sources: readonly ObservedSource[], at = NOW) => evaluateGate(HEALTH, observed({ sources }), at);

describe('the health gate over several sources', () => {
  it('passes when the content has soaked in each, by the commit that has it there', () => {
    expect(judge([source('qa'), source('perf')], later(NOW, 600_000))).toMatchObject({ outcome: 'pass', message: 'qa: healthy in qa for 10m (1 of 1 clusters); perf: healthy in perf for 10m (1 of 1 clusters)', evidence: { qa: 'pass', perf: 'pass' } });
  });

  it('waits for the later one, names it alone, and knows when', () => {
    const sources = [source('qa', { clusters: [running('qa', { healthySince: later(NOW, -600_000) })] }), source('perf')];
    expect(judge(sources)).toMatchObject({ outcome: 'wait', message: 'perf: soaking in perf, 10m left of 10m', until: later(NOW, 600_000), evidence: { qa: 'pass', perf: 'wait' } });
  });

  it('knows no time while one of them does not run it', () => {
    expect(judge([source('qa'), source('perf', { clusters: [] })])).not.toHaveProperty('until');
    expect(judge([source('qa'), source('perf', { clusters: [] })])).toMatchObject({ outcome: 'wait', message: expect.stringContaining('perf: no agent is enrolled in perf') });
  });

  it('keeps what has passed in one that has moved on, but not when it fails there', () => {
    const passed = [{ gate: 'tested', type: 'health', outcome: 'pass' as const, message: 'healthy in qa', since: NOW, evidence: {} }];
    const soaked = source('perf', { clusters: [running('perf', { healthySince: later(NOW, -600_000) })] });
    expect(judge([source('qa', { passed, clusters: [running('qa', { content: commitOf('perf') })] }), soaked]).outcome).toBe('pass');
    expect(judge([source('qa', { passed, clusters: [running('qa', { status: 'Failed', message: 'crash loop' })] }), soaked])).toMatchObject({ outcome: 'fail', message: expect.stringContaining('qa: ') });
  });
});

describe('an application that comes after others', () => {
  const environment = { name: environmentName('prod'), gates: [] } as unknown as Environment;
  const after = (...predecessors: readonly ObservedPredecessor[]) => evaluateGates(environment, 'change', observed({ after: predecessors }), NOW);

  it('waits for those that have something open, and says what they wait for', () => {
    expect(after({ application: applicationName('checkout'), waits: 'conflicted: both changed' }, { application: applicationName('cart') })).toMatchObject([
      { gate: 'after', type: 'after', outcome: 'wait', message: 'checkout goes first: conflicted: both changed', clearedBy: 'checkout, when it is merged, closed or in sync', evidence: { checkout: 'open', cart: 'settled' } },
    ]);
  });

  it('passes when they have settled', () => {
    expect(after({ application: applicationName('checkout') })).toMatchObject([{ gate: 'after', outcome: 'pass', message: 'checkout has nothing open here' }]);
  });

  it('is asked nothing where it comes after none, and where only a ledger moves on', () => {
    expect(evaluateGates(environment, 'change', observed({}), NOW)).toEqual([]);
    expect(evaluateGates(environment, 'record-only', observed({ after: [{ application: applicationName('checkout'), waits: 'x' }] }), NOW)).toEqual([]);
  });
});
