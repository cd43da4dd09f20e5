const BASE_MS = 250;

/** Exponential back-off with full jitter: a random wait up to `250 ms · 2^attempt`, at most `most` and at least up to `least` milliseconds. Agents that lost the same server do not come back together. */
export function backoff(attempt: number, { most, least = 0 }: { readonly most: number; readonly least?: number }): number {
  return Math.random() * Math.max(least, Math.min(most, BASE_MS * 2 ** Math.min(attempt, 20)));
}

/** A wait of about `interval` milliseconds, 20 % more or less, so that agents spread out. */
export function jittered(interval: number): number {
  return interval * (0.8 + Math.random() * 0.4);
}
