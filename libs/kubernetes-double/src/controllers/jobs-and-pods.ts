import { at, listAt, objectAt, textAt, type JsonObject, type KubeObject } from '../api/json.js';
import type { ClusterSettings } from './cluster-settings.js';
import type { Hands } from './hands.js';

interface Following {
  readonly hands: Hands;
  readonly key: string;
  readonly settings: ClusterSettings;
}

function fails({ settings }: Following, podSpec: JsonObject): boolean {
  return listAt(podSpec, 'containers').some((container) => settings.fails?.(textAt(container, 'image')) ?? false);
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions: one pod, then an end. */
export function followJob(following: Following, job: KubeObject): void {
  const { hands, key, settings } = following;
  const now = hands.world.now();
  if (listAt(job, 'status', 'conditions').some((one) => ['Complete', 'Failed'].includes(textAt(one, 'type')))) return;
  const condition = (type: string, reason: string, message: string): JsonObject => ({ type, status: 'True', reason, message, lastProbeTime: now, lastTransitionTime: now });
  if (at(job, 'spec', 'suspend') === true) return hands.setStatus(key, job, { conditions: [{ ...condition('Suspended', 'JobSuspended', 'Job suspended'), lastProbeTime: '', lastTransitionTime: '' }], ready: 0, terminating: 0, uncountedTerminatedPods: {} });
  const startTime = textAt(job, 'status', 'startTime');
  if (startTime === '') {
    hands.create('/pods', podOf(job));
    return hands.setStatus(key, job, { startTime: now, active: 1, ready: 1, terminating: 0, uncountedTerminatedPods: {} });
  }
  const failing = fails(following, objectAt(job, 'spec', 'template', 'spec'));
  const end = settings.jobEnds?.(job) ?? (failing ? 'fails' : 'succeeds');
  if (end === 'runs on') return;
  const base = { startTime, ready: 0, terminating: 0, uncountedTerminatedPods: {} };
  if (end === 'succeeds') {
    const conditions = [condition('SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods'), condition('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods')];
    return hands.setStatus(key, job, { ...base, succeeded: 1, completionTime: now, conditions });
  }
  const message = 'Job has reached the specified backoff limit';
  hands.setStatus(key, job, { ...base, failed: 1, conditions: [condition('FailureTarget', 'BackoffLimitExceeded', message), condition('Failed', 'BackoffLimitExceeded', message)] });
}

function podOf(job: KubeObject): KubeObject {
  const { name, namespace = '', uid = '' } = job.metadata;
  const labels = objectAt(job, 'spec', 'template', 'metadata', 'labels');
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: `${name}-${uid.slice(0, 5)}`, namespace, labels, ownerReferences: [owner] }, spec: objectAt(job, 'spec', 'template', 'spec') };
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/ */
export function followPod(following: Following, pod: KubeObject): void {
  const { hands, key } = following;
  if (pod.metadata.deletionTimestamp !== undefined) {
    // the kubelet confirms that the containers ended
    return hands.change(key, pod, (next) => (next.metadata.deletionGracePeriodSeconds = 0));
  }
  const job = jobOf(following, pod);
  const end = job && endOf(job, pod);
  const status = end ?? (fails(following, objectAt(pod, 'spec')) ? crashing(pod) : running(pod));
  const same = textAt(pod, 'status', 'phase') === status['phase'] && listAt(pod, 'status', 'conditions').length > 0;
  if (!same) hands.setStatus(key, pod, { ...status, startTime: textAt(pod, 'status', 'startTime') || hands.world.now() });
}

function jobOf({ hands }: Following, { metadata }: KubeObject): KubeObject | undefined {
  const owner = listAt(metadata, 'ownerReferences').find((one) => textAt(one, 'kind') === 'Job');
  return owner === undefined ? undefined : hands.world.store.get({ group: 'batch', plural: 'jobs' }, metadata.namespace ?? '', textAt(owner, 'name'));
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-state-terminated */
function endOf(job: KubeObject, pod: KubeObject): JsonObject | undefined {
  const types = listAt(job, 'status', 'conditions').map((one) => textAt(one, 'type'));
  const phase = types.includes('Complete') ? 'Succeeded' : types.includes('Failed') ? 'Failed' : undefined;
  const terminated = phase === 'Succeeded' ? { exitCode: 0, reason: 'Completed' } : { exitCode: 1, reason: 'Error' };
  return phase === undefined ? undefined : { phase, containerStatuses: containerStatuses(pod, false, { terminated }).map((status) => ({ ...status, restartCount: 0 })), conditions: [{ type: 'Ready', status: 'False', reason: phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed' }] };
}

function containerStatuses(pod: KubeObject, ready: boolean, state: JsonObject): JsonObject[] {
  return listAt(pod, 'spec', 'containers').map((container) => ({ name: textAt(container, 'name'), image: textAt(container, 'image'), imageID: '', ready, started: ready, restartCount: ready ? 0 : 5, state, lastState: {} }));
}

function running(pod: KubeObject): JsonObject {
  const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({ type, status: 'True' }));
  return { phase: 'Running', conditions, containerStatuses: containerStatuses(pod, true, { running: {} }) };
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy */
function crashing(pod: KubeObject): JsonObject {
  const waiting = { reason: 'CrashLoopBackOff', message: `back-off 5m0s restarting failed container` };
  const conditions = [{ type: 'Initialized', status: 'True' }, { type: 'Ready', status: 'False', reason: 'ContainersNotReady' }, { type: 'ContainersReady', status: 'False' }, { type: 'PodScheduled', status: 'True' }];
  return { phase: 'Running', conditions, containerStatuses: containerStatuses(pod, false, { waiting }) };
}
