import type { Instant } from '@sluice/kernel';
import { customResourceDefinitionHealth } from './crd.js';
import { daemonSetHealth } from './daemon-set.js';
import { deploymentHealth } from './deployment.js';
import { current, type Health } from './health.js';
import { jobHealth } from './job.js';
import type { KubeObject } from './kube-object.js';
import { podHealth } from './pod.js';
import { replicaSetHealth } from './replica-set.js';
import { claimHealth, serviceHealth } from './services-and-storage.js';
import { statefulSetHealth } from './stateful-set.js';

export type KindRule = (object: KubeObject, now: Instant) => Health;

/** By group and kind. Source: `legacyTypes` in kubernetes-sigs/cli-utils, pkg/kstatus/status/core.go. */
const RULES: ReadonlyMap<string, KindRule> = new Map<string, KindRule>([
  ['/ConfigMap', always],
  ['/PersistentVolumeClaim', claimHealth],
  ['/Pod', podHealth],
  ['/Secret', always],
  ['/Service', serviceHealth],
  ['apiextensions.k8s.io/CustomResourceDefinition', customResourceDefinitionHealth],
  ['apps/DaemonSet', daemonSetHealth],
  ['apps/Deployment', deploymentHealth],
  ['apps/ReplicaSet', replicaSetHealth],
  ['apps/StatefulSet', statefulSetHealth],
  ['batch/CronJob', always],
  ['batch/Job', jobHealth],
  ['extensions/DaemonSet', daemonSetHealth],
  ['extensions/Deployment', deploymentHealth],
  ['extensions/ReplicaSet', replicaSetHealth],
  ['policy/PodDisruptionBudget', always],
]);

/** Groups of Kubernetes' own API. Source: https://kubernetes.io/docs/reference/using-api/#api-groups. */
const BUILT_IN_GROUPS: ReadonlySet<string> = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'extensions',
  'policy',
  ...[
    'admissionregistration', 'apiextensions', 'apiregistration', 'authentication', 'authorization', 'certificates', 'coordination', 'discovery', 'events', 'flowcontrol.apiserver',
    'internal.apiserver', 'networking', 'node', 'rbac.authorization', 'resource', 'scheduling', 'storage', 'storagemigration',
  ].map((group) => `${group}.k8s.io`),
]);

export function kindRule(group: string, kind: string): KindRule | undefined {
  return RULES.get(`${group}/${kind}`);
}

/** Whether a CustomResourceDefinition brought the kind. */
export function isCustom(group: string): boolean {
  return !BUILT_IN_GROUPS.has(group);
}

/** The part of an `apiVersion` before the slash; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const cut = apiVersion.indexOf('/');
  return cut < 0 ? '' : apiVersion.slice(0, cut);
}

function always(): Health {
  return current('there is nothing to wait for');
}
