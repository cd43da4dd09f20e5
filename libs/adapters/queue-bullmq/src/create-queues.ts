import { JOBS, MAINTENANCE_JOB } from '@sluice/contracts';
import { assertOutsideTransaction } from '@sluice/runtime';
import { wakeKey, type WakeTarget } from '@sluice/usecases';
import { isOutage } from './is-outage.js';
import { BackendQueue, type QueueBackend } from './queue-backend.js';
import type { QueueLog } from './queue-log.js';
import { JOB_OPTIONS, queueOptions } from './queue-options.js';
import { assertRetention } from './retention.js';

/** The queues of JOBS, to add to. */
export interface Queues {
  /** One job a target that has none waiting; a target whose job runs gets another after it. @throws when the backend does not take them all within 5 s. */
  enqueue(targets: readonly WakeTarget[]): Promise<void>;
  /** At most one in `every` milliseconds, however many processes ask. */
  enqueueMaintenance(every: number): Promise<void>;
  /** Jobs that wait, are delayed or run, by queue. @throws when the backend does not answer within 5 s. */
  depths(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

const DEADLINE = 5_000;

type Queue = InstanceType<typeof BackendQueue>;
type JobQueues = ReadonlyMap<string, Queue>;

/** @throws InvalidInput when a queue's finished jobs would pile up. */
export function createQueues(backend: QueueBackend, log: QueueLog): Queues {
  const options = { ...queueOptions(backend), connection: backend.producer };
  const queues: JobQueues = new Map(JOBS.map(({ queue }) => [queue, openQueue(queue, options, log)]));
  return {
    enqueue: (targets) => enqueue(queues, targets),
    enqueueMaintenance: (every) => addMaintenance(queues, every),
    depths: () => depths(queues),
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

function openQueue(name: string, options: ReturnType<typeof queueOptions>, log: QueueLog): Queue {
  assertRetention(name, options.defaultJobOptions);
  const queue = new BackendQueue(name, options);
  // Without a listener BullMQ would print each error.
  queue.on('error', (error) => {
    if (!isOutage(error)) log.warn({ queue: name, reason: error.name }, 'queue error');
  });
  return queue;
}

async function enqueue(queues: JobQueues, targets: readonly WakeTarget[]): Promise<void> {
  assertOutsideTransaction('a queue call');
  const unique = new Map(targets.map((target) => [wakeKey(target), target]));
  // keepLastIfActive: a wake that comes while the job runs becomes another run. Never a jobId of our own: one that was used before never runs again.
  const adding = [...unique].map(([key, target]) => queueOf(queues, target.kind).add(target.kind, target, { ...JOB_OPTIONS, deduplication: { id: key, keepLastIfActive: true } }));
  await withinDeadline(Promise.all(adding));
}

async function addMaintenance(queues: JobQueues, every: number): Promise<void> {
  assertOutsideTransaction('a queue call');
  const { queue } = MAINTENANCE_JOB;
  await withinDeadline(queueOf(queues, queue).add(queue, { kind: 'maintenance' }, { ...JOB_OPTIONS, deduplication: { id: queue, ttl: every } }));
}

async function depths(queues: JobQueues): Promise<Readonly<Record<string, number>>> {
  const counted = [...queues].map(async ([name, queue]) => [name, await queue.getJobCountByTypes('waiting', 'delayed', 'active')] as const);
  return Object.fromEntries(await withinDeadline(Promise.all(counted)));
}

function queueOf(queues: JobQueues, name: string): Queue {
  const queue = queues.get(name);
  if (!queue) throw new Error(`there is no queue ${name}`);
  return queue;
}

// A queue that never was connected waits for its backend; its caller does not.
async function withinDeadline<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the queue did not answer within ${DEADLINE} ms`)), DEADLINE);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
