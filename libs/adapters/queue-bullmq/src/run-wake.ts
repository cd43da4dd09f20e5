import { Busy, instant } from '@sluice/kernel';
import { wakeKey, type WakeStore, type WakeTarget } from '@sluice/usecases';
import type { Queues } from './create-queues.js';

export interface RunWakeOptions {
  readonly store: WakeStore;
  readonly queues: Pick<Queues, 'enqueue'>;
  /** The run that this is of how many; after the last one fails, a timer brings the target back. `job.attemptsMade + 1` and `job.opts.attempts`. */
  readonly attempt: number;
  readonly attempts: number;
  /** Milliseconds until then. Default: 60 000. */
  readonly backIn?: number;
}

/** Milliseconds over which those that waited come back. */
const BUSY_JITTER = 5_000;

/**
 * What every processor of a wake does: nothing when the last finished run saw the newest revision; otherwise the work, and another job when a wake came meanwhile. When the
 * work finds somebody busy until a time, it is done again after that.
 * @throws what the work throws: the job is tried again.
 */
export async function runWake(target: WakeTarget, work: (target: WakeTarget) => Promise<void>, options: RunWakeOptions): Promise<void> {
  const { store, queues } = options;
  const key = wakeKey(target);
  const pending = await store.pending(key);
  if (!pending) return;
  try {
    await work(pending.target);
  } catch (error) {
    if (!(error instanceof Busy)) {
      if (options.attempt >= options.attempts) await comeBack(key, pending.target, options);
      throw error;
    }
    // it has said when to come again: until then every try would be for nothing
    await store.setTimer(`retry:${key}`, pending.target, instant(error.until + Math.ceil(Math.random() * BUSY_JITTER)));
  }
  if (await store.settle(key, pending.revision)) await queues.enqueue([pending.target]);
}

async function comeBack(key: string, target: WakeTarget, { store, backIn = 60_000 }: RunWakeOptions): Promise<void> {
  // When even this fails, the poller finds the unsettled revision; what the work has thrown says more.
  await store.setTimer(`retry:${key}`, target, instant(Date.now() + backIn)).catch(() => undefined);
}
