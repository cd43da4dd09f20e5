import { createHash } from 'node:crypto';
import { canonical, listAt, numberAt, objectAt, textAt, type JsonObject, type KubeObject } from '../api/json.js';
import type { Hands } from './hands.js';
import { followJob, followPod } from './jobs-and-pods.js';
import type { ClusterSettings } from './cluster-settings.js';

interface Following {
  readonly hands: Hands;
  readonly key: string;
  readonly settings: ClusterSettings;
}

type Follow = (following: Following, object: KubeObject) => void;

export const WORKLOADS: Readonly<Record<string, Follow>> = {
  'apps/deployments': followDeployment,
  'apps/statefulsets': followStatefulSet,
  'apps/daemonsets': followDaemonSet,
  'batch/jobs': followJob,
  '/pods': followPod,
  '/persistentvolumeclaims': ({ hands, key }, object) => hands.setStatus(key, object, { ...objectAt(object, 'status'), phase: 'Bound' }),
  // https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
  '/services': ({ hands, key }, object) => {
    if (textAt(object, 'spec', 'type') === 'LoadBalancer') hands.setStatus(key, object, { loadBalancer: { ingress: [{ ip: '192.0.2.10', ipMode: 'VIP' }] } });
  },
};

function imagesFail({ settings }: Following, podSpec: JsonObject): boolean {
  const containers = [...listAt(podSpec, 'initContainers'), ...listAt(podSpec, 'containers')];
  return containers.some((container) => settings.fails?.(textAt(container, 'image')) ?? false);
}

function templateFails(following: Following, object: KubeObject): boolean {
  return imagesFail(following, objectAt(object, 'spec', 'template', 'spec'));
}

function replicasOf(object: KubeObject): number {
  return numberAt(object, 'spec', 'replicas') ?? 1;
}

function conditionOf(object: KubeObject, wanted: JsonObject, now: string): JsonObject {
  const old = listAt(object, 'status', 'conditions').find((one) => textAt(one, 'type') === wanted['type']);
  const moved = textAt(old, 'status') !== wanted['status'];
  const same = !moved && textAt(old, 'reason') === wanted['reason'];
  return { ...wanted, lastTransitionTime: moved ? now : textAt(old, 'lastTransitionTime'), lastUpdateTime: same ? textAt(old, 'lastUpdateTime') : now };
}

/** A template by a name, as a ReplicaSet or a revision has it. */
function hashOf(object: KubeObject): string {
  return createHash('sha256').update(canonical(objectAt(object, 'spec', 'template'))).digest('hex').slice(0, 10);
}

/**
 * First the new pods are there, then they are ready, or the deadline passes: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 * Neither ReplicaSets nor pods are made.
 */
function followDeployment(following: Following, object: KubeObject): void {
  const { hands, key } = following;
  const replicas = replicasOf(object);
  const now = hands.world.now();
  const observed = numberAt(object, 'status', 'observedGeneration') === object.metadata.generation;
  const condition = (type: string, status: string, reason: string, message: string): JsonObject => conditionOf(object, { type, status, reason, message }, now);
  const set = `${object.metadata.name}-${hashOf(object)}`;
  const counts: JsonObject = { observedGeneration: object.metadata.generation ?? 1, ...counted({ replicas, updatedReplicas: replicas }) };
  const unavailable = condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.');
  const available = condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.');
  if (!observed) {
    const progressing = condition('Progressing', 'True', 'ReplicaSetUpdated', `ReplicaSet "${set}" is progressing.`);
    return hands.setStatus(key, object, { ...counts, ...counted({ unavailableReplicas: replicas }), conditions: [replicas === 0 ? available : unavailable, progressing] });
  }
  if (replicas > 0 && templateFails(following, object)) {
    const stuck = condition('Progressing', 'False', 'ProgressDeadlineExceeded', `ReplicaSet "${set}" has timed out progressing.`);
    return hands.setStatus(key, object, { ...counts, ...counted({ unavailableReplicas: replicas }), conditions: [unavailable, stuck] });
  }
  const progressed = condition('Progressing', 'True', 'NewReplicaSetAvailable', `ReplicaSet "${set}" has successfully progressed.`);
  hands.setStatus(key, object, { ...counts, ...counted({ readyReplicas: replicas, availableReplicas: replicas }), conditions: [available, progressed] });
}

/** Counters that are 0 are not written. */
function counted(counters: Readonly<Record<string, number>>): JsonObject {
  return Object.fromEntries(Object.entries(counters).filter(([, count]) => count > 0));
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates */
function followStatefulSet(following: Following, object: KubeObject): void {
  const { hands, key } = following;
  const replicas = replicasOf(object);
  const updateRevision = `${object.metadata.name}-${hashOf(object)}`;
  const observed = numberAt(object, 'status', 'observedGeneration') === object.metadata.generation;
  const current = textAt(object, 'status', 'currentRevision') || updateRevision;
  const base: JsonObject = { observedGeneration: object.metadata.generation ?? 1, replicas, updateRevision, collisionCount: 0 };
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const updated = Math.max(0, replicas - partition);
  if (!observed) return hands.setStatus(key, object, { ...base, availableReplicas: 0, currentRevision: current });
  if (replicas > 0 && templateFails(following, object)) return hands.setStatus(key, object, { ...base, availableReplicas: 0, currentRevision: current, ...counted({ updatedReplicas: 1 }) });
  const revisions = partition === 0 || current === updateRevision ? { currentRevision: updateRevision, ...counted({ currentReplicas: replicas, updatedReplicas: replicas }) } : { currentRevision: current, ...counted({ currentReplicas: replicas - updated, updatedReplicas: updated }) };
  hands.setStatus(key, object, { ...base, availableReplicas: replicas, ...counted({ readyReplicas: replicas }), ...revisions });
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/, on a cluster of one node */
function followDaemonSet(following: Following, object: KubeObject): void {
  const { hands, key } = following;
  const base: JsonObject = { observedGeneration: object.metadata.generation ?? 1, desiredNumberScheduled: 1, currentNumberScheduled: 1, updatedNumberScheduled: 1, numberMisscheduled: 0 };
  const observed = numberAt(object, 'status', 'observedGeneration') === object.metadata.generation;
  if (!observed || templateFails(following, object)) return hands.setStatus(key, object, { ...base, numberReady: 0, numberUnavailable: 1 });
  hands.setStatus(key, object, { ...base, numberReady: 1, numberAvailable: 1 });
}
