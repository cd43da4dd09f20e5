import { isObject, type Json, type KubeObject } from '../transport/kube-object.js';

/**
 * How a Job is that the cluster removes when it is done; undefined for everything else. That it is gone later is no reason to run it again.
 * https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/
 */
export type PassingJob = 'open' | 'complete' | 'failed';

export function passingJobOf({ apiVersion, kind, spec, status }: KubeObject): PassingJob | undefined {
  if (kind !== 'Job' || apiVersion !== 'batch/v1' || !isObject(spec) || typeof spec['ttlSecondsAfterFinished'] !== 'number') return undefined;
  const conditions = isObject(status) ? status['conditions'] : undefined;
  const has = (type: string) => Array.isArray(conditions) && conditions.some((one: Json) => isObject(one) && one['type'] === type && one['status'] === 'True');
  if (has('Failed')) return 'failed';
  return has('Complete') ? 'complete' : 'open';
}

/** What is kept of a run: the hash of what was wanted (another content is another run), and whether it was seen to fail. */
export interface RanJob {
  readonly hash: string;
  readonly failed: boolean;
}

/** Jobs that were applied and that the cluster removes when they are done, by key: whether they are still there or not, they are not made again for the same content. */
export type RanJobs = ReadonlyMap<string, RanJob>;

const FAILED = ' failed';

export function formatRanJobs(jobs: RanJobs): string {
  return JSON.stringify(Object.fromEntries([...jobs].map(([key, { hash, failed }]) => [key, failed ? `${hash}${FAILED}` : hash])));
}

/** What cannot be read is no memory: a Job runs once more then. */
export function parseRanJobs(text: Json | undefined): RanJobs {
  try {
    const read: unknown = typeof text === 'string' ? JSON.parse(text) : {};
    const entries = Object.entries(typeof read === 'object' && read !== null ? read : {});
    return new Map(entries.flatMap(([key, value]) => (typeof value === 'string' ? [[key, ranJobOf(value)] as const] : [])));
  } catch {
    return new Map();
  }
}

function ranJobOf(value: string): RanJob {
  const failed = value.endsWith(FAILED);
  return { hash: failed ? value.slice(0, -FAILED.length) : value, failed };
}
