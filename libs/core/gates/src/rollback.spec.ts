import { commitSha, instant, personName } from '@sluice/kernel';
import type { EmergencyPolicy, Environment } from '@sluice/pipeline';
import { evaluateGates } from './evaluate.js';
import type { GateObservations, ObservedDecision } from './observations.js';

const NOW = instant(1_000_000);
const SRE: EmergencyPolicy = { required: 1, from: [{ kind: 'group', name: 'sre' }], also: [] };
const environment = (fields: Partial<Environment> = {}): Environment =>
  ({ name: 'prod', branch: 'prod', from: ['qa'], directPush: 'deploy', drift: 'revert', merge: 'auto', onNewSource: 'update', gates: [{ name: 'qa-healthy', type: 'health', soak: 3_600_000 }], ...fields }) as Environment;
const observed = (fields: Partial<GateObservations> = {}): GateObservations => ({ sourceEnvironment: 'qa', sourceCommit: commitSha('a'.repeat(40)), clusters: [], decisions: [], authors: [], previous: [], ...fields });
const ordered = (person: string, ...groups: string[]) => ({ rollback: { reason: 'it burns', person: personName(person), groups } });
const approved = (person: string, ...groups: string[]): ObservedDecision => ({ person: personName(person), groups, decision: 'approved', comment: '', at: NOW });
const outcomes = (where: Environment, facts: GateObservations) => evaluateGates(where, 'rollback', facts, NOW).map(({ gate, outcome }) => `${gate} ${outcome}`);

describe('a rollback', () => {
  it.each([
    ['somebody whom the emergency policy names orders it', environment({ emergency: SRE }), observed(ordered('grace', 'sre')), ['emergency pass']],
    ['a service account orders it, though the policy names it', environment({ emergency: SRE }), observed({ rollback: { ...ordered('ci', 'sre').rollback, machine: true } }), ['emergency wait']],
    ['somebody orders it who was deactivated since', environment({ emergency: SRE }), observed({ rollback: { ...ordered('grace', 'sre').rollback, deactivated: true } }), ['emergency wait']],
    ['somebody else orders it', environment({ emergency: SRE }), observed(ordered('ada', 'developers')), ['emergency wait']],
    ['somebody else orders it and one of them approves', environment({ emergency: SRE }), observed({ ...ordered('ada'), decisions: [approved('grace', 'sre')] }), ['emergency pass']],
    ['it takes two and the one who ordered it approves as well', environment({ emergency: { ...SRE, required: 2 } }), observed({ ...ordered('grace', 'sre'), decisions: [approved('grace', 'sre')] }), ['emergency wait']],
    ['it takes two and there are two', environment({ emergency: { ...SRE, required: 2 } }), observed({ ...ordered('grace', 'sre'), decisions: [approved('heidi', 'sre')] }), ['emergency pass']],
    ['the pipeline ordered it', environment({ emergency: { ...SRE, required: 2 } }), observed({ rollback: { reason: 'checkout has Failed', groups: [] } }), ['emergency pass']],
    ['there is neither policy nor approvals', environment(), observed(ordered('ada')), []],
    ['there are approvals only', environment({ approvals: { required: 1, from: [], excludeAuthors: true, excludeRequester: true } }), observed({ ...ordered('ada'), requester: personName('ada'), decisions: [approved('ada')] }), ['approvals wait']],
  ])('when %s', (_, where, facts, wanted) => {
    expect(outcomes(where, facts)).toEqual(wanted);
  });

  it('is held by no gate, window or freeze', () => {
    const frozen = observed({ ...ordered('grace', 'sre'), freezes: [{ reason: 'incident', by: personName('ada'), at: NOW, until: instant(2_000_000) }] as never });
    expect(outcomes(environment({ emergency: SRE }), frozen)).toEqual(['emergency pass']);
  });
});
