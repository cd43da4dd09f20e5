import { instant } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';

const FIRST = 10_000;
const LONGEST = 3_600_000;
/** For so long a message is tried. */
export const GIVE_UP_AFTER = 86_400_000;
/** Of a pause, up or down: those who failed together do not come back together. */
const JITTER = 0.2;

/** What comes after a try that failed, but may work another time: the next one, or the end. `random`: from 0 to 1. */
export function afterFailure({ attempts, since }: { readonly attempts: number; readonly since: Instant }, now: Instant, random: number): { readonly kind: 'again'; readonly at: Instant } | { readonly kind: 'given-up' } {
  if (now - since >= GIVE_UP_AFTER) return { kind: 'given-up' };
  const pause = Math.min(LONGEST, FIRST * 2 ** Math.min(Math.max(attempts - 1, 0), 20));
  return { kind: 'again', at: instant(Math.round(now + pause * (1 - JITTER + 2 * JITTER * random))) };
}
