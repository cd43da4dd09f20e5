import { instant } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { DeliveryFact } from './facts.js';

/** What came of a promotion that brought a change, in the words of docs/metrics.md. */
export interface Outcome {
  /** When it was first known what came of it: everything about it counts in the window that this is in. */
  readonly at: Instant;
  /** Its content became live in all clusters of the environment. */
  readonly isDeployment: boolean;
  /** It is known whether it failed. */
  readonly isAttempt: boolean;
  readonly failure?: Failure;
}

/** Failures that one rollback has ended are one incident. */
export interface Failure {
  readonly incident: string;
  /** The first sign of it in the record; absent: there is none. */
  readonly began?: Instant;
  /** That it Failed is in the record: a better beginning than an order to roll back. */
  readonly isSeen: boolean;
  /** Healthy again in all clusters. `open`: not yet · `unknown`: the record does not say. */
  readonly ended: Instant | 'open' | 'unknown';
}

/** Undefined while nothing has come of it yet. */
export function outcomeOf(fact: DeliveryFact): Outcome | undefined {
  if (fact.isRestored) return { at: fact.mergedAt, isDeployment: !fact.isUndone && fact.liveAt !== undefined, isAttempt: false };
  const times = [fact.liveAt, fact.degradedAt, fact.undoneAt, fact.revertedAt].filter((time) => time !== undefined);
  if (times.length === 0) return undefined;
  const failure = failureOf(fact);
  return { at: instant(Math.min(...times)), isDeployment: wasLive(fact), isAttempt: true, ...(failure && { failure }) };
}

/** What became healthy after it was undone is not its content. */
function wasLive({ liveAt, undoneAt, revertedAt, wentWithNewer }: DeliveryFact): boolean {
  if (liveAt === undefined || wentWithNewer) return false;
  return liveAt < (undoneAt ?? Infinity) && liveAt < (revertedAt ?? Infinity);
}

function failureOf(fact: DeliveryFact): Failure | undefined {
  const { promotion, degradedAt, isUndone, undoneBy, revertedAt, mendedAt } = fact;
  if (degradedAt === undefined && !isUndone && revertedAt === undefined && mendedAt === undefined) return undefined;
  const began = degradedAt ?? undoneBy?.createdAt;
  return { incident: undoneBy?.promotion ?? promotion, ...(began !== undefined && { began }), isSeen: degradedAt !== undefined, ended: endOf(fact) };
}

function endOf({ degradedAt, liveAt, isUndone, undoneBy }: DeliveryFact): Failure['ended'] {
  if (undoneBy) return undoneBy.liveAt ?? 'open';
  if (degradedAt === undefined || isUndone) return 'unknown';
  return liveAt ?? 'open';
}
