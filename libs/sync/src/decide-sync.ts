import type { ClusterName, CommitSha } from '@sluice/kernel';
import type { Assignment } from './ports/control-plane.js';

/** What git says about a commit that the agent is assigned and does not run yet. */
export interface Candidate {
  /** The branch's head as just fetched; absent: the remote has no such branch. */
  readonly head?: CommitSha;
  /** On the first-parent chain of that head. */
  readonly onBranch: boolean;
  /** The floor, or no floor is set. */
  readonly fromFloor: boolean;
  /** From what is current; true when nothing is. */
  readonly descends: boolean;
  /** `exact`: it is the commit that a person accepted. `descends`: it follows from that one, and that acceptance was not used yet. */
  readonly acceptance: 'none' | 'exact' | 'descends';
}

export interface SyncObservation {
  readonly cluster: ClusterName;
  readonly assignment?: Assignment;
  /** Verified before; it is made true and kept so whatever happens. */
  readonly current?: CommitSha;
  /** Absent when it was not needed, or when git could not be read. */
  readonly candidate?: Candidate;
  /** Why git could not be read. */
  readonly unreadable?: string;
}

/**
 * What to do next, as data. All but `apply` keep enforcing what is current.
 * - `apply`: make this commit true; `acceptance`: the acceptance that it uses up.
 * - `enforce`: what is assigned is current already.
 * - `wait`: nothing can be said now; it is looked at again.
 * - `blocked`: a person has to do what the reason says.
 */
export type SyncPlan =
  | { readonly kind: 'apply'; readonly commit: CommitSha; readonly acceptance?: CommitSha }
  | { readonly kind: 'enforce' }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'blocked'; readonly reason: string };

/** Pure: the rules by which an agent takes a commit (design: first parents, floor, descendants only). First match wins. */
export function decideSync(observation: SyncObservation): SyncPlan {
  const { assignment, current, candidate } = observation;
  const assigned = assignment?.commit;
  if (!assignment || !assigned) return current ? { kind: 'enforce' } : { kind: 'wait', reason: notAssigned(assignment) };
  if (assigned === current) return { kind: 'enforce' };
  if (!candidate) return { kind: 'wait', reason: `commit ${short(assigned)} cannot be verified: ${observation.unreadable ?? 'git was not asked yet'}` };
  return judge(observation, assignment, assigned, candidate);
}

function judge(observation: SyncObservation, assignment: Assignment, assigned: CommitSha, candidate: Candidate): SyncPlan {
  const blocked = (reason: string): SyncPlan => ({ kind: 'blocked', reason });
  const accept = `waits for \`sluice clusters accept ${observation.cluster} ${assigned}\``;
  if (!candidate.head) return blocked(`the branch ${assignment.branch} does not exist in the repository: push it, or correct the branch in sluice.yaml`);
  if (!candidate.onBranch)
    return blocked(`commit ${short(assigned)} is not on the first-parent history of ${assignment.branch} (${short(candidate.head)}): only what is on the environment's branch itself is applied`);
  if (candidate.acceptance !== 'none') return { kind: 'apply', commit: assigned, ...(assignment.accepted && { acceptance: assignment.accepted }) };
  if (!candidate.descends)
    return blocked(`commit ${short(assigned)} does not descend from ${short(observation.current)}, which is applied: the branch ${assignment.branch} was force-pushed; ${accept}`);
  if (!candidate.fromFloor) return blocked(`commit ${short(assigned)} does not descend from ${short(assignment.floor)}, the branch's head when this agent was enrolled; ${accept}`);
  return { kind: 'apply', commit: assigned };
}

function notAssigned(assignment: Assignment | undefined): string {
  return assignment ? `nothing is assigned to the environment ${assignment.environment} yet` : 'no assignment is known yet: the control plane was never reached';
}

function short(commit: CommitSha | undefined): string {
  return commit?.slice(0, 10) ?? 'nothing';
}
