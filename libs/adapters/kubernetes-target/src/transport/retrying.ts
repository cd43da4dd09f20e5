import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@sluice/kernel';
import { ApiFailure } from './api-failure.js';

export interface Patience {
  /** Tries in all. */
  readonly attempts: number;
  /** Milliseconds before the second try; each further one waits twice as long, with jitter. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Nothing is begun again after so long. */
  readonly inAllMs?: number;
}

const PATIENCE: Patience = { attempts: 5, firstMs: 250, longestMs: 8_000, inAllMs: 45_000 };
/** A server that asks for more is asked again by the next sync. */
const LONGEST_RETRY_AFTER_S = 30;

/** Does something again while its failure may pass: no answer, 5xx, 429. `Retry-After` is a least time. Whatever is done so may be done twice. */
export async function retrying<T>(work: () => Promise<T>, signal: AbortSignal | undefined, patience: Patience = PATIENCE): Promise<T> {
  const began = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (isOver(attempt, performance.now() - began, patience) || signal?.aborted || !mayPass(error)) throw error;
      await sleep(waitBefore(error, attempt, patience), undefined, { ...(signal && { signal }) });
    }
  }
}

function isOver(attempt: number, elapsed: number, { attempts, inAllMs = Infinity }: Patience): boolean {
  return attempt >= attempts || elapsed > inAllMs;
}

function mayPass(error: unknown): boolean {
  if (error instanceof ApiFailure) return error.isPassing && (error.retryAfter ?? 0) <= LONGEST_RETRY_AFTER_S;
  return error instanceof Unavailable;
}

function waitBefore(error: unknown, attempt: number, { firstMs, longestMs }: Patience): number {
  const grown = Math.min(longestMs, firstMs * 2 ** (attempt - 1));
  const asked = error instanceof ApiFailure ? (error.retryAfter ?? 0) * 1_000 : 0;
  return asked + grown * (0.5 + Math.random() / 2);
}
