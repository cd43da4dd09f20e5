import { afterCommit } from '@sluice/runtime';
import type { Wakes, WakeStore, WakeTarget } from '@sluice/usecases';
import type { Queues } from './create-queues.js';
import type { QueueLog } from './queue-log.js';

export interface WakesOptions {
  readonly store: WakeStore;
  readonly queues: Pick<Queues, 'enqueue'>;
  readonly log: QueueLog;
}

/** Wakes whose truth is in the database: a job that could not be enqueued is enqueued by a poller later. */
export function createWakes({ store, queues, log }: WakesOptions): Wakes {
  return {
    async wake(...targets) {
      if (targets.length === 0) return;
      const idle = await store.raise(targets);
      if (idle.length > 0) await afterCommit(() => enqueueOrLeave(idle, queues, log));
    },
    wakeAt: (id, target, at) => store.setTimer(id, target, at),
  };
}

async function enqueueOrLeave(targets: readonly WakeTarget[], queues: Pick<Queues, 'enqueue'>, log: QueueLog): Promise<void> {
  try {
    await queues.enqueue(targets);
  } catch (error) {
    log.warn({ err: error, targets: targets.length }, 'jobs could not be enqueued; the poller will');
  }
}
