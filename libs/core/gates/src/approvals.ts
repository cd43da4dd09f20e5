import type { ApprovalPolicy, QuorumPart } from '@sluice/pipeline';
import { sayAuthor } from '@sluice/promotion';
import type { Author } from '@sluice/promotion';
import type { GateObservations, ObservedDecision } from './observations.js';
import { sayForATime } from './for-a-time.js';
import type { Voice } from './for-a-time.js';
import { principalText } from './principals.js';
import { missingParts, sayParts } from './quorum.js';
import { inWhoseRight } from './standing.js';
import type { Judgement } from './verdicts.js';

/** Authors, committers and pushers that are no person of ours: with `excludeAuthors` they block, since nobody can tell whether an approver is one of them. */
function unmappedAuthors({ excludeAuthors }: ApprovalPolicy, authors: readonly Author[]): readonly Author[] {
  return excludeAuthors ? authors.filter((author) => author.person === undefined) : [];
}

/** Why nobody's approval can count yet, whoever gives it; undefined when separation of duties can be checked. */
export function unknownAuthors(policy: ApprovalPolicy, authors: readonly Author[]): string | undefined {
  const unmapped = unmappedAuthors(policy, authors);
  if (unmapped.length === 0) return undefined;
  const more = unmapped.length > MAX_NAMED ? ` and ${unmapped.length - MAX_NAMED} more` : '';
  return `separation of duties cannot be checked: ${unmapped.slice(0, MAX_NAMED).map(sayAuthor).join(', ')}${more} cannot be mapped to a person`;
}

/** Authors that a message names. */
const MAX_NAMED = 3;

function clearersOfUnknown(unmapped: readonly Author[]): string {
  const ways = [
    ...(unmapped.some(({ login, beyond }) => login === undefined && beyond === undefined) ? ['an admin, by adding the address to a person (`sluice people address`)'] : []),
    ...(unmapped.some(({ login }) => login !== undefined) ? ['an admin, by linking the account with a person (`sluice people link`)'] : []),
    ...(unmapped.some(({ beyond }) => beyond !== undefined) ? ['somebody who promotes an earlier commit first, so that fewer come at once; or the emergency policy, if it names approvals'] : []),
  ];
  return ways.join('; ');
}

/** What approvals look at. */
type ApprovalFacts = Pick<GateObservations, 'decisions' | 'deactivated' | 'authors' | 'requester'>;

/** The `approvals` of an environment, over the decisions that bind to this digest. */
export function evaluateApprovals(policy: ApprovalPolicy, observed: ApprovalFacts): Judgement {
  const rejected = observed.decisions.find((decision) => decision.decision === 'rejected');
  if (rejected) return { outcome: 'fail', message: `rejected by ${rejected.person}: ${rejected.comment}`, clearedBy: 'a new commit, or somebody who promotes it again' };
  const unmapped = unmappedAuthors(policy, observed.authors);
  const unknown = unknownAuthors(policy, observed.authors);
  if (unknown !== undefined) return { outcome: 'wait', message: unknown, clearedBy: clearersOfUnknown(unmapped), evidence: { unmapped: unmapped.length } };
  return counted(policy, observed);
}

function counted(policy: ApprovalPolicy, observed: ApprovalFacts): Judgement {
  const approvals = newestOfEach(observed.decisions.filter((decision) => decision.decision === 'approved'));
  const judged = approvals.map((decision) => ({ decision, right: inWhoseRight(policy, decision, observed) }));
  const voices = new Map<string, Voice & { readonly said: string }>();
  for (const { decision, right } of judged) if (typeof right !== 'string') voices.set(right.person, { person: decision.person, right, said: voices.get(right.person)?.said ?? sayVoice(decision.person, right.person) });
  const people = [...voices.values()].map(({ said }) => said).sort();
  const missing = missingParts(policy, [...voices.values()].map(({ right }) => right));
  const { loud, evidence: rests, ...ends } = sayForATime([...voices.values()]);
  const evidence = { required: policy.required, approved: voices.size, by: people.join(', '), ...(policy.quorum && { missing: sayParts(missing) }), ...rests };
  if (voices.size >= policy.required && missing.length === 0) return { outcome: 'pass', message: `${loud}approved by ${people.join(', ')}`, evidence, ...ends };
  const ignored = judged.find(({ right }) => typeof right === 'string');
  const hint = ignored ? sayIgnored(ignored.decision.person, String(ignored.right)) : sayDeactivated(observed);
  const parts = missing.length > 0 ? `, missing: ${sayParts(missing)}` : '';
  return { outcome: 'wait', message: `${loud}${voices.size} of ${policy.required} given${parts}${hint}`, clearedBy: clearers(policy, missing), evidence, ...ends };
}

function sayIgnored(person: string, why: string): string {
  return ` (${person}'s does not count: ${why})`;
}

function sayDeactivated({ deactivated: [first] = [] }: ApprovalFacts): string {
  return first === undefined ? '' : sayIgnored(first, `${first} was deactivated`);
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
