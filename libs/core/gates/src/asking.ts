import { later } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { Verdict } from '@sluice/promotion';
import { keptVerdict } from './kept-verdict.js';

/** When somebody outside was asked about a candidate. */
export interface Asking {
  readonly first: Instant;
  readonly last: Instant;
  readonly count: number;
}

const FIRST_PAUSE = 15_000;
const LONGEST_PAUSE = 15 * 60_000;

/** Whether it is time to ask for this gate and candidate; undefined: not yet, or it has passed. A failure that has a time to ask again is asked about again. */
export function dueAsking(gate: { readonly name: string }, boundTo: string, previous: readonly Verdict[], now: Instant): Asking | undefined {
  const before = keptVerdict(gate.name, boundTo, previous);
  if (!before) return { first: now, last: now, count: 1 };
  const again = before.evidence['askAgainAt'];
  if (typeof again !== 'number' || now < again) return undefined;
  return { first: numberIn(before, 'firstAskedAt', now), last: now, count: numberIn(before, 'asked', 0) + 1 };
}

/** After 15 seconds, then less and less often up to every 15 minutes; a tenth more or less, so that many candidates are not asked about at once. */
export function pauseAfter({ last, count }: Asking, boundTo: string): Instant {
  const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(count - 1, 20), LONGEST_PAUSE);
  return later(last, Math.round(pause * (0.9 + spread(boundTo) * 0.2)));
}

/** What a verdict keeps of it. */
export function askedEvidence({ first, last, count }: Asking): Verdict['evidence'] {
  return { asked: count, firstAskedAt: first, lastAskedAt: last };
}

/** The same for the same candidate: 0 to 1. */
function spread(boundTo: string): number {
  return (parseInt(boundTo.slice(0, 6), 16) || 0) / 0xffffff;
}

function numberIn<Default extends number>(verdict: Verdict, name: string, otherwise: Default): Default {
  const value = verdict.evidence[name];
  return typeof value === 'number' ? (value as Default) : otherwise;
}
