import type { Instant } from '@sluice/kernel';
import type { ApprovalPolicy } from '@sluice/pipeline';
import type { Author } from '@sluice/promotion';
import { mayAct, principalText } from './principals.js';

/** A right that somebody has for a time only, and why. */
export interface ForATime {
  readonly reason: string;
  readonly until: Instant;
}

/** Somebody as approvals look at them. */
export interface Standing {
  readonly person: string;
  readonly groups: readonly string[];
  /** Whether they are approver of all that is promoted, now; absent: nobody asked. */
  readonly approver?: boolean;
  /** The break-glass without which they would be no approver. */
  readonly glass?: ForATime;
}

/** Somebody who has delegated their right. */
export interface Delegator extends Standing {
  readonly delegation?: ForATime;
}

/** Somebody with those who have delegated their right to them. */
export interface Voice extends Standing {
  readonly delegators?: readonly Delegator[];
}

/** Whose the change is. */
interface Facts {
  readonly authors: readonly Author[];
  readonly requester?: string;
}

/** Why somebody's approval would not count in their own right; undefined when it counts. */
export function approvalObstacle(policy: ApprovalPolicy, somebody: Standing, facts: Facts): string | undefined {
  if (!mayAct(policy.from, somebody)) return `only ${principalText(policy.from)} may approve`;
  return tooNear(policy, somebody, facts) ?? (somebody.approver === false ? `${somebody.person} is no approver here any more` : undefined);
}

/**
 * In whose right an approval counts: in the person's own or, where that is not enough, in that of somebody who has delegated theirs. Neither of them may be too near to the change, and a
 * delegated right goes no further. A text says why it does not count.
 */
export function inWhoseRight(policy: ApprovalPolicy, voice: Voice, facts: Facts): Delegator | string {
  const own = approvalObstacle(policy, voice, facts);
  if (own === undefined) return voice;
  const { delegators = [] } = voice;
  if (delegators.length === 0) return own;
  return tooNear(policy, voice, facts) ?? delegators.find((giver) => approvalObstacle(policy, giver, facts) === undefined) ?? own;
}

/** Separation of duties. */
function tooNear(policy: ApprovalPolicy, { person }: Standing, { authors, requester }: Facts): string | undefined {
  if (policy.excludeAuthors && authors.some((author) => author.person === person)) return 'an author may not approve their own change';
  return policy.excludeRequester && requester === person ? 'the requester may not approve their own request' : undefined;
}
