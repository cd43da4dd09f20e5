import type { ApprovalPolicy, QuorumPart } from '@sluice/pipeline';
import type { Author } from '@sluice/promotion';
import type { GateObservations, ObservedDecision } from './observations.js';
import { principalText } from './principals.js';
import { missingParts, sayParts } from './quorum.js';
import { inWhoseRight } from './standing.js';
import type { Standing } from './standing.js';
import type { Judgement } from './verdicts.js';

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
  const approvals = newestOfEach(observed.decisions.filter((decision) => decision.decision === 'approved'));
  const judged = approvals.map((decision) => ({ decision, right: inWhoseRight(policy, decision, observed) }));
  const voices = new Map<string, { readonly right: Standing; readonly said: string }>();
  for (const { decision, right } of judged) if (typeof right !== 'string') voices.set(right.person, { right, said: voices.get(right.person)?.said ?? sayVoice(decision.person, right.person) });
  const people = [...voices.values()].map(({ said }) => said).sort();
  const missing = missingParts(policy, [...voices.values()].map(({ right }) => right));
  const evidence = { required: policy.required, approved: voices.size, by: people.join(', '), ...(policy.quorum && { missing: sayParts(missing) }) };
  if (voices.size >= policy.required && missing.length === 0) return { outcome: 'pass', message: `approved by ${people.join(', ')}`, evidence };
  const ignored = judged.find(({ right }) => typeof right === 'string');
  const hint = ignored ? ` (${ignored.decision.person}'s does not count: ${String(ignored.right)})` : '';
  const parts = missing.length > 0 ? `, missing: ${sayParts(missing)}` : '';
  return { outcome: 'wait', message: `${voices.size} of ${policy.required} given${parts}${hint}`, clearedBy: clearers(policy, missing), evidence };
}

/** `ben for anna`, where it counts in somebody else's right. */
export function sayVoice(person: string, right: string): string {
  return person === right ? person : `${person} for ${right}`;
}

/** A person has one voice, however often they have approved; decisions come in the order of their times. */
function newestOfEach(decisions: readonly ObservedDecision[]): readonly ObservedDecision[] {
  return [...new Map(decisions.map((decision) => [decision.person, decision])).values()];
}

function clearers(policy: ApprovalPolicy, missing: readonly QuorumPart[]): string {
  const excluded = [...(policy.excludeAuthors ? ['its authors'] : []), ...(policy.excludeRequester ? ['whoever requested it'] : [])];
  const who = missing.length > 0 ? [...new Set(missing.map(({ from }) => principalText(from)))].join(' and ') : principalText(policy.from);
  return `${who}${excluded.length > 0 ? `, but not ${excluded.join(' or ')}` : ''}, with sluice approve or in the dashboard`;
}
