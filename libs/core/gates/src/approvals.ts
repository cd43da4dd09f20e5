import type { ApprovalPolicy } from '@sluice/pipeline';
import type { Author } from '@sluice/promotion';
import type { GateObservations, ObservedDecision } from './observations.js';
import { mayAct, principalText } from './principals.js';
import type { Judgement } from './verdicts.js';

/** Why somebody's approval would not count; undefined when it counts. */
export function approvalObstacle(policy: ApprovalPolicy, somebody: { readonly person: string; readonly groups: readonly string[] }, facts: Pick<GateObservations, 'authors' | 'requester'>): string | undefined {
  if (!mayAct(policy.from, somebody)) return `only ${principalText(policy.from)} may approve`;
  if (policy.excludeAuthors && facts.authors.some((author) => author.person === somebody.person)) return 'an author may not approve their own change';
  if (policy.excludeRequester && facts.requester === somebody.person) return 'the requester may not approve their own request';
  return undefined;
}

/** Authors that stand behind no person of ours: with `excludeAuthors` they block, since nobody can tell whether an approver is one of them. */
export function unmappedAuthors(authors: readonly Author[]): readonly Author[] {
  return authors.filter((author) => author.person === undefined);
}

/** The `approvals` of an environment, over the decisions that bind to this digest. */
export function evaluateApprovals(policy: ApprovalPolicy, observed: GateObservations): Judgement {
  const rejected = observed.decisions.find((decision) => decision.decision === 'rejected');
  if (rejected) return { outcome: 'fail', message: `rejected by ${rejected.person}: ${rejected.comment}`, clearedBy: 'a new commit, or somebody who promotes it again' };
  const unmapped = policy.excludeAuthors ? unmappedAuthors(observed.authors) : [];
  if (unmapped.length > 0) {
    const names = unmapped.slice(0, 3).map((author) => `${author.name} <${author.email}>`);
    return {
      outcome: 'wait',
      message: `separation of duties cannot be checked: ${names.join(', ')} cannot be mapped to a person`,
      clearedBy: 'an admin, by adding the address to a person',
      evidence: { unmapped: unmapped.length },
    };
  }
  return counted(policy, observed);
}

function counted(policy: ApprovalPolicy, observed: GateObservations): Judgement {
  const approvals = observed.decisions.filter((decision) => decision.decision === 'approved');
  const counting = approvals.filter((decision) => obstacleOf(policy, decision, observed) === undefined);
  const people = [...new Set(counting.map((decision) => decision.person))].sort();
  const evidence = { required: policy.required, approved: people.length, by: people.join(', ') };
  if (people.length >= policy.required) return { outcome: 'pass', message: `approved by ${people.join(', ')}`, evidence };
  const ignored = approvals.find((decision) => !counting.includes(decision));
  const hint = ignored ? ` (${ignored.person}'s does not count: ${obstacleOf(policy, ignored, observed) ?? ''})` : '';
  return { outcome: 'wait', message: `${people.length} of ${policy.required} given${hint}`, clearedBy: clearers(policy), evidence };
}

function obstacleOf(policy: ApprovalPolicy, decision: ObservedDecision, observed: GateObservations): string | undefined {
  return approvalObstacle(policy, decision, observed);
}

function clearers(policy: ApprovalPolicy): string {
  const excluded = [...(policy.excludeAuthors ? ['its authors'] : []), ...(policy.excludeRequester ? ['whoever requested it'] : [])];
  return `${principalText(policy.from)}${excluded.length > 0 ? `, but not ${excluded.join(' or ')}` : ''}, with sluice approve or in the dashboard`;
}
