import { isObject, type Json, type KubeObject } from '../transport/kube-object.js';

/** Whether a Job has done its work and is one that the cluster removes then: that it is gone later is no reason to run it again. https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/ */
export function isDoneForGood({ apiVersion, kind, spec, status }: KubeObject): boolean {
  if (kind !== 'Job' || apiVersion !== 'batch/v1' || !isObject(spec) || typeof spec['ttlSecondsAfterFinished'] !== 'number') return false;
  const conditions = isObject(status) ? status['conditions'] : undefined;
  return Array.isArray(conditions) && conditions.some((one: Json) => isObject(one) && one['type'] === 'Complete' && one['status'] === 'True');
}

/** Jobs that were done for good and are gone, by key, with the hash of what was wanted: another content is another run. */
export type FinishedJobs = ReadonlyMap<string, string>;

/** What cannot be read is no memory: a Job runs once more then. */
export function parseFinished(text: Json | undefined): FinishedJobs {
  try {
    const read: unknown = typeof text === 'string' ? JSON.parse(text) : {};
    return new Map(Object.entries(typeof read === 'object' && read !== null ? read : {}).flatMap(([key, hash]) => (typeof hash === 'string' ? [[key, hash] as const] : [])));
  } catch {
    return new Map();
  }
}
