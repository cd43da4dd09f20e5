import { openEmbeddedPostgres } from '@sluice/embedded-postgres';
import { applicationName, environmentName, repositoryId } from '@sluice/kernel';
import { lockFolder } from '@sluice/runtime';
import { createFakeWakeStore, type FakeWakeStore, type Services } from '@sluice/testing';
import type { Wakes, WakeTarget } from '@sluice/usecases';
import { setTimeout as sleep } from 'node:timers/promises';
import { createQueues, type Queues } from './create-queues.js';
import { createWakes } from './create-wakes.js';
import { BackendWorker, embeddedBackend, redisBackend, type QueueBackend } from './queue-backend.js';
import type { QueueLog } from './queue-log.js';
import { workerOptions, type WakeWorkerOptions } from './queue-options.js';
import { runWake, type RunWakeOptions } from './run-wake.js';
import { WakePoller, type WakePollerOptions } from './wake-poller.js';

export interface RecordingLog extends QueueLog {
  readonly lines: string[];
}

export function recordingLog(): RecordingLog {
  const lines: string[] = [];
  const write = (data: object, message: string): void => void lines.push(`${message} ${JSON.stringify(data)}`);
  return { lines, info: write, warn: write, error: write };
}

export function lane(application: string): WakeTarget & { readonly kind: 'lane' } {
  return { kind: 'lane', repository: repositoryId('shop'), application: applicationName(application), target: environmentName('qa') };
}

/** The real queue backend of a combination, with wakes on a store in memory. */
export interface Bench {
  readonly backend: QueueBackend;
  readonly store: FakeWakeStore;
  readonly queues: Queues;
  readonly wakes: Wakes;
  readonly log: RecordingLog;
  /** A worker of lanes. */
  startWorker(work: (target: WakeTarget) => Promise<void>, options?: Partial<WakeWorkerOptions> & Pick<RunWakeOptions, 'backIn'>): void;
  startPoller(options?: Partial<WakePollerOptions>): WakePoller;
  close(): Promise<void>;
}

export async function openBackend(services: Services, log: QueueLog): Promise<QueueBackend> {
  if (services.kind === 'postgres+redis') return redisBackend({ url: services.redis.url, log });
  const database = await openEmbeddedPostgres({ ...services, log, lock: lockFolder });
  const backend = await embeddedBackend(database.createPool({ searchPath: 'bullmq', max: 50 }));
  return { ...backend, close: () => database.close() };
}

export async function openBench(services: Services, store = createFakeWakeStore()): Promise<Bench> {
  const log = recordingLog();
  const backend = await openBackend(services, log);
  const queues = createQueues(backend, log);
  const wakes = createWakes({ store, queues, log });
  const closing: (() => Promise<unknown>)[] = [];
  const startWorker: Bench['startWorker'] = (work, { backIn, ...overrides } = {}) => {
    const process = async (job: { data: WakeTarget; attemptsMade: number; opts: { attempts?: number } }): Promise<void> =>
      runWake(job.data, work, { store, queues, attempt: job.attemptsMade + 1, attempts: job.opts.attempts ?? 1, ...(backIn !== undefined && { backIn }) });
    const options = { ...workerOptions({ concurrency: 3 }), connection: backend.connection, prefix: backend.prefix, ...overrides };
    const worker = new BackendWorker<WakeTarget>('lane', process, options);
    worker.on('error', () => undefined);
    closing.push(() => worker.close());
  };
  const startPoller: Bench['startPoller'] = (options = {}) => {
    const poller = new WakePoller({ store, queues, log, interval: 20, idleInterval: 40, overdueAfter: 50, againAfter: 100, ...options });
    poller.start();
    closing.unshift(() => poller.stop());
    return poller;
  };
  const close = async (): Promise<void> => {
    for (const end of closing) await end();
    await queues.close();
    await backend.close();
  };
  return { backend, store, queues, wakes, log, startWorker, startPoller, close };
}

/** Waits until something is so; the test's own time limit ends a wait in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}
