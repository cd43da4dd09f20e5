import { InvalidInput } from '@sluice/kernel';
import type { KeepJobs } from 'bullmq';

/** How long finished jobs stay: bounded by number and by age (seconds). They say nothing that the database does not know. */
export const KEEP_COMPLETED = { count: 100, age: 3_600 } as const satisfies KeepJobs;
export const KEEP_FAILED = { count: 500, age: 7 * 24 * 3_600 } as const satisfies KeepJobs;

const MOST = { count: 10_000, age: 90 * 24 * 3_600 };

/**
 * Refuses a queue's or worker's options that let finished jobs pile up; called for every queue when the process starts.
 * @throws InvalidInput
 */
export function assertRetention(queue: string, options: { readonly removeOnComplete?: unknown; readonly removeOnFail?: unknown } | undefined): void {
  for (const name of ['removeOnComplete', 'removeOnFail'] as const) {
    const keep = options?.[name];
    if (!isBounded(keep)) {
      throw new InvalidInput(`the queue ${queue} needs ${name} with a count of at most ${MOST.count} and an age of at most ${MOST.age} seconds`, { details: { queue, option: name } });
    }
  }
}

function isBounded(keep: unknown): boolean {
  if (typeof keep !== 'object' || keep === null) return false;
  return within('count' in keep ? keep.count : undefined, MOST.count) && within('age' in keep ? keep.age : undefined, MOST.age);
}

function within(value: unknown, most: number): boolean {
  return typeof value === 'number' && value > 0 && value <= most;
}
