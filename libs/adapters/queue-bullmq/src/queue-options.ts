import type { DefaultJobOptions, QueueOptions, WorkerOptions } from 'bullmq';
import type { QueueBackend } from './queue-backend.js';
import { assertRetention, KEEP_COMPLETED, KEEP_FAILED } from './retention.js';

/** Five attempts within about 15 s; then a timer in the database brings the target back. */
export const JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
  removeOnComplete: KEEP_COMPLETED,
  removeOnFail: KEEP_FAILED,
  stackTraceLimit: 5,
} as const satisfies DefaultJobOptions;

/** For `BullModule.forRoot` and for any queue: `forRoot(queueOptions(backend))`. */
export function queueOptions(backend: QueueBackend): QueueOptions {
  return { connection: backend.connection, prefix: backend.prefix, defaultJobOptions: JOB_OPTIONS, streams: { events: { maxLen: 1_000 } } };
}

export type WakeWorkerOptions = Omit<WorkerOptions, 'connection'>;

/**
 * For `@Processor(queue, workerOptions(...))` and for any worker. Little to do while there is nothing to do: an empty queue is asked again after 60 s (a new job wakes the worker at once).
 * `restartsAlone`: nobody else works on these queues, so that a dead worker's jobs need no search (embedded: {@link embeddedBackend} forgets them).
 */
export function workerOptions(options: { readonly concurrency: number; readonly restartsAlone?: boolean }): WakeWorkerOptions {
  const workers: WakeWorkerOptions = {
    concurrency: options.concurrency,
    drainDelay: 60,
    lockDuration: 30_000,
    stalledInterval: options.restartsAlone ? 60_000 : 15_000,
    // A restart of a replica is not the job's fault.
    maxStalledCount: 10,
    removeOnComplete: KEEP_COMPLETED,
    removeOnFail: KEEP_FAILED,
  };
  assertRetention('worker', workers);
  return workers;
}
