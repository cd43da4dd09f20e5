import type { Instant, PersonName } from '@sluice/kernel';
import type { EmergencyPolicy, Environment } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import { evaluateApprovals } from './approvals.js';
import type { GateObservations } from './observations.js';
import { mayAct, principalText } from './principals.js';
import { toVerdict } from './verdicts.js';
import type { Judgement } from './verdicts.js';

/** What decides on a rollback. */
export type RollbackFacts = Pick<GateObservations, 'decisions' | 'deactivated' | 'authors' | 'requester' | 'rollback' | 'previous'>;

/**
 * What a rollback waits for: the environment's emergency policy (whoever ordered it counts, being named there), or without one its approvals. No gate, window or freeze holds it back: it
 * leads to what ran before. One that the pipeline's own `onDegraded` ordered waits for nobody.
 */
export function evaluateRollback(environment: Environment, observed: RollbackFacts, now: Instant): readonly Verdict[] {
  const verdict = (gate: string, judgement: Judgement): readonly Verdict[] => [toVerdict({ gate, type: gate }, judgement, observed.previous, now)];
  if (observed.rollback && observed.rollback.person === undefined) return verdict('emergency', { outcome: 'pass', message: `ordered by onDegraded: ${observed.rollback.reason}` });
  if (environment.emergency) return verdict('emergency', byEmergency(environment.emergency, observed));
  return environment.approvals ? verdict('approvals', evaluateApprovals(environment.approvals, observed)) : [];
}

function byEmergency(policy: EmergencyPolicy, { decisions, rollback }: RollbackFacts): Judgement {
  const rejected = decisions.find(({ decision }) => decision === 'rejected');
  if (rejected) return { outcome: 'fail', message: `rejected by ${rejected.person}: ${rejected.comment}`, clearedBy: 'another order' };
  const given = decisions.filter((decision) => decision.decision === 'approved' && mayAct(policy.from, decision)).map(({ person }) => person);
  const ordered = orderers(policy, rollback);
  const people = [...new Set([...ordered, ...given])].sort();
  const evidence = { required: policy.required, given: people.length, by: people.join(', '), reason: rollback?.reason ?? '' };
  if (people.length >= policy.required) return { outcome: 'pass', message: `ordered or approved by ${people.join(', ')}`, evidence };
  return { outcome: 'wait', message: `${people.length} of ${policy.required} given`, clearedBy: `${principalText(policy.from)}, with sluice approve or in the dashboard`, evidence };
}

/** Whoever ordered it, where their order is a person's word and the policy names them. */
function orderers(policy: EmergencyPolicy, rollback: GateObservations['rollback']): readonly PersonName[] {
  if (rollback?.person === undefined || rollback.machine || rollback.deactivated) return [];
  return mayAct(policy.from, { person: rollback.person, groups: rollback.groups }) ? [rollback.person] : [];
}
