import { isObject, type Json, type JsonObject, type KubeObject } from '../transport/kube-object.js';

/** How a Job has ended, by its own conditions. https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions */
export type JobEnd = { readonly kind: 'runs' } | { readonly kind: 'complete' } | { readonly kind: 'failed'; readonly timedOut: boolean; readonly message: string };

export function endOfJob(job: KubeObject): JobEnd {
  const of = (type: string): JsonObject | undefined => maps(at(job, 'status', 'conditions')).find((condition) => condition['type'] === type && condition['status'] === 'True');
  if (of('Complete')) return { kind: 'complete' };
  const failed = of('Failed');
  return failed ? { kind: 'failed', timedOut: failed['reason'] === 'DeadlineExceeded', message: text(failed['message']) } : { kind: 'runs' };
}

/** Why a pod's container will not start by itself: of these reasons all but a registry that is down for a moment need a hand. https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff */
const NOT_STARTING: ReadonlySet<string> = new Set(['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

export function obstacleOf(pod: KubeObject): string | undefined {
  const waiting = containers(pod).map((status) => at(status, 'state', 'waiting')).find((state) => isObject(state) && NOT_STARTING.has(text(state['reason'])));
  return isObject(waiting) ? [text(waiting['reason']), text(waiting['message'])].filter((part) => part !== '').join(': ') : undefined;
}

/** Whether a container has ever run: a pod that waits for a node, a volume or an image has not. */
export function began(pod: KubeObject): boolean {
  return containers(pod).some((status) => isObject(at(status, 'state', 'running')) || isObject(at(status, 'state', 'terminated')));
}

export interface Terminated {
  readonly exitCode: number;
  readonly signal: number;
  readonly reason: string;
  readonly message: string;
}

/** How the container has ended; undefined while it runs, or when the pod was ended before it had begun. */
export function terminatedIn(pod: KubeObject): Terminated | undefined {
  const state = containers(pod).map((status) => at(status, 'state', 'terminated')).find(isObject);
  if (!state) return undefined;
  return { exitCode: number(state['exitCode']), signal: number(state['signal']), reason: text(state['reason']), message: text(state['message']) };
}

function containers(pod: KubeObject): readonly JsonObject[] {
  return maps(at(pod, 'status', 'containerStatuses'));
}

function at(value: Json, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function maps(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function number(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}
