import { applicationName, clusterName, commitSha, instant, later } from '@sluice/kernel';
import type { Gate } from '@sluice/pipeline';
import { evaluateGate } from './evaluate.js';
import type { GateObservations, ObservedCluster, ObservedMember } from './observations.js';

const NOW = instant(1_700_000_000_000);
const [A, B] = [commitSha('a'.repeat(40)), commitSha('b'.repeat(40))];
const HEALTH: Gate = { name: 'qa-healthy', type: 'health', soak: 600_000 };
const CHECK: Gate = { name: 'unit', type: 'check', context: 'ci/test' };

const cluster = (commit: typeof A, fields: Partial<ObservedCluster> = {}): ObservedCluster => ({ cluster: clusterName('qa-1'), content: commit, status: 'Current', healthySince: NOW, message: '', ...fields });
const status = (state: 'pending' | 'success' | 'failure') => ({ statuses: [{ context: 'ci/test', state, description: 'd', at: NOW }] });
const member = (name: string, commit: typeof A, fields: Partial<ObservedMember> = {}): ObservedMember => ({ application: applicationName(name), commit, clusters: [cluster(commit)], statuses: status('success'), ...fields });
const observed = (members: readonly ObservedMember[], previous: GateObservations['previous'] = []): GateObservations => ({ sourceEnvironment: 'qa', sourceCommit: B, statuses: [], clusters: [], decisions: [], authors: [], previous, members });

describe('a gate on the source, for applications that are promoted together', () => {
  it('passes when every one has soaked, and says when that will be', () => {
    const members = [member('checkout', A), member('payment', B, { clusters: [cluster(B, { healthySince: later(NOW, -300_000) })] })];
    expect(evaluateGate(HEALTH, observed(members), NOW)).toMatchObject({ outcome: 'wait', until: later(NOW, 600_000), evidence: { checkout: 'wait', payment: 'wait' } });
    expect(evaluateGate(HEALTH, observed(members), later(NOW, 600_000))).toMatchObject({ outcome: 'pass' });
  });
  it('waits for the one that is not healthy, and names it', () => {
    const members = [member('checkout', A, { clusters: [cluster(A, { healthySince: later(NOW, -900_000) })] }), member('payment', B, { clusters: [cluster(A)] })];
    const verdict = evaluateGate(HEALTH, observed(members), NOW);
    expect(verdict).toMatchObject({ outcome: 'wait', message: expect.stringMatching(/^payment: /), evidence: { checkout: 'pass', payment: 'wait' } });
  });
  it('fails when one has failed, and stays passed through a progress of one', () => {
    const broken = member('payment', B, { clusters: [cluster(B, { status: 'Failed', message: 'crash' })] });
    expect(evaluateGate(HEALTH, observed([member('checkout', A), broken]), NOW)).toMatchObject({ outcome: 'fail', message: expect.stringContaining('payment: ') });
    const passed = evaluateGate(HEALTH, observed([member('checkout', A), member('payment', B)]), later(NOW, 600_000));
    const moving = member('payment', B, { clusters: [cluster(B, { status: 'InProgress' })] });
    expect(evaluateGate(HEALTH, observed([member('checkout', A), moving], [passed]), later(NOW, 600_000))).toMatchObject({ outcome: 'pass', message: passed.message });
    expect(evaluateGate(HEALTH, observed([member('checkout', A), broken], [passed]), later(NOW, 600_000)).outcome).toBe('fail');
  });
  it('keeps what one has passed while another one has not, through a progress of the first', () => {
    const late = member('payment', B, { clusters: [cluster(A)] });
    const before = evaluateGate(HEALTH, observed([member('checkout', A), late]), later(NOW, 600_000));
    expect(before).toMatchObject({ outcome: 'wait', evidence: { checkout: 'pass', payment: 'wait' } });
    const scaling = member('checkout', A, { clusters: [cluster(A, { status: 'InProgress' })] });
    expect(evaluateGate(HEALTH, observed([scaling, late], [before]), later(NOW, 600_000))).toMatchObject({ outcome: 'wait', evidence: { checkout: 'pass', payment: 'wait' } });
    expect(evaluateGate(HEALTH, observed([scaling, member('payment', B)], [before]), later(NOW, 600_000))).toMatchObject({ outcome: 'pass' });
  });
  it('asks for the status on the commit of each', () => {
    expect(evaluateGate(CHECK, observed([member('checkout', A), member('payment', B)]), NOW).outcome).toBe('pass');
    expect(evaluateGate(CHECK, observed([member('checkout', A), member('payment', B, { statuses: status('pending') })]), NOW)).toMatchObject({ outcome: 'wait', message: expect.stringContaining('payment: ci/test is running') });
    expect(evaluateGate(CHECK, observed([member('checkout', A, { statuses: { statusesMessage: 'the forge answers 502' } }), member('payment', B)]), NOW)).toMatchObject({ outcome: 'wait', message: 'checkout: the forge answers 502' });
  });
});
