import { Busy, type Instant } from '@sluice/kernel';

export interface BucketLimits {
  /** Calls a second in the long run. */
  readonly rate: number;
  /** Calls that may be made at once after a rest. */
  readonly burst: number;
  /** Calls that may wait for their turn; one more is sent away. */
  readonly queue: number;
}

/**
 * A token bucket that gives out turns instead of tokens: who comes is told how long to wait, and nobody who comes later is told less, so it is first come, first served without a list. (The packages for
 * it keep clocks and timers of their own.)
 */
export class TokenBucket {
  /** When the bucket will be full again, in milliseconds. */
  private full = -Infinity;

  constructor(private readonly limits: BucketLimits) {}

  /** Milliseconds to wait. @throws Busy when too many wait already */
  take(now: Instant): number {
    const { rate, burst, queue } = this.limits;
    const interval = 1_000 / rate;
    // nothing is given out further ahead: if it looks so, the clock has gone back
    const ahead = this.full - now <= (burst + queue + 1) * interval ? this.full : now;
    const full = Math.max(ahead, now) + interval;
    const wait = Math.max(0, full - burst * interval - now);
    if (wait > queue * interval) throw new Busy(`more than ${queue} calls of the forge wait for their turn`, Math.ceil(now + wait));
    this.full = full;
    return Math.ceil(wait);
  }
}
