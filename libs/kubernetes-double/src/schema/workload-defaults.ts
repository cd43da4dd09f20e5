import { childOf, isObject, listAt, objectAt, setDefault, type Json, type JsonObject, type KubeObject } from '../api/json.js';
import { defaultPodSpec } from './pod-defaults.js';

// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/: "Defaults to" of each kind.

type Defaults = (spec: JsonObject, object: KubeObject) => void;

export const WORKLOAD_DEFAULTS: Readonly<Record<string, Defaults>> = {
  Pod: (spec) => defaultPodSpec(spec, false),
  Deployment: (spec) => {
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const strategy = childOf(spec, 'strategy');
    setDefault(strategy, 'type', 'RollingUpdate');
    if (strategy['type'] === 'RollingUpdate') fill(childOf(strategy, 'rollingUpdate'), { maxSurge: '25%', maxUnavailable: '25%' });
    defaultTemplate(spec);
  },
  ReplicaSet: (spec) => {
    fill(spec, { replicas: 1 });
    defaultTemplate(spec);
  },
  StatefulSet: (spec) => {
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' });
    const strategy = childOf(spec, 'updateStrategy');
    setDefault(strategy, 'type', 'RollingUpdate');
    if (strategy['type'] === 'RollingUpdate') fill(childOf(strategy, 'rollingUpdate'), { partition: 0 });
    fill(childOf(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' });
    for (const claim of listAt(spec, 'volumeClaimTemplates')) if (isObject(claim)) defaultClaim(claim);
    defaultTemplate(spec);
  },
  DaemonSet: (spec) => {
    fill(spec, { revisionHistoryLimit: 10 });
    const strategy = childOf(spec, 'updateStrategy');
    setDefault(strategy, 'type', 'RollingUpdate');
    if (strategy['type'] === 'RollingUpdate') fill(childOf(strategy, 'rollingUpdate'), { maxSurge: 0, maxUnavailable: 1 });
    defaultTemplate(spec);
  },
  Job: (spec, object) => {
    fill(spec, { parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, manualSelector: false, podReplacementPolicy: 'TerminatingOrFailed' });
    defaultTemplate(spec);
    if (spec['manualSelector'] === false) selectJobPods(spec, object);
  },
  CronJob: (spec) => {
    fill(spec, { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 });
    defaultTemplate(childOf(childOf(spec, 'jobTemplate'), 'spec'));
  },
};

export function fill(target: JsonObject, defaults: Readonly<Record<string, Json>>): void {
  for (const [name, value] of Object.entries(defaults)) setDefault(target, name, value);
}

function defaultTemplate(spec: JsonObject): void {
  const template = childOf(spec, 'template');
  childOf(template, 'metadata')['creationTimestamp'] ??= null;
  defaultPodSpec(childOf(template, 'spec'), true);
}

function defaultClaim(claim: JsonObject): void {
  fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: { phase: 'Pending' } });
  fill(childOf(claim, 'spec'), { volumeMode: 'Filesystem' });
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector */
function selectJobPods(spec: JsonObject, object: KubeObject): void {
  const uid = object.metadata.uid;
  if (uid === undefined || objectAt(spec, 'selector', 'matchLabels')['batch.kubernetes.io/controller-uid'] !== undefined) return;
  spec['selector'] = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  const names = { 'batch.kubernetes.io/job-name': object.metadata.name, 'job-name': object.metadata.name };
  Object.assign(childOf(childOf(childOf(spec, 'template'), 'metadata'), 'labels'), names, { 'batch.kubernetes.io/controller-uid': uid, 'controller-uid': uid });
}
