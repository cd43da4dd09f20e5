import type { ObjectIdentity } from '@sluice/manifests';
import type { StageName } from '../model.js';

export const STAGE_NAMES: readonly StageName[] = ['definitions', 'classes', 'rest', 'webhooks'];

const DEFINITIONS = ['CustomResourceDefinition.apiextensions.k8s.io', 'Namespace', 'ClusterRole.rbac.authorization.k8s.io'];
const WEBHOOKS = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map(
  (kind) => `${kind}.admissionregistration.k8s.io`,
);

// limits before what they limit, identities and rights before who acts with them, configuration and storage before who reads it; kinds that are not here come last
const REST = [
  'ResourceQuota', 'LimitRange', 'NetworkPolicy.networking.k8s.io', 'PodDisruptionBudget.policy', 'ServiceAccount', 'Role.rbac.authorization.k8s.io', 'ClusterRoleBinding.rbac.authorization.k8s.io',
  'RoleBinding.rbac.authorization.k8s.io', 'Secret', 'ConfigMap', 'PersistentVolume', 'PersistentVolumeClaim', 'Service', 'DaemonSet.apps', 'Pod', 'ReplicationController', 'ReplicaSet.apps', 'Deployment.apps',
  'StatefulSet.apps', 'HorizontalPodAutoscaler.autoscaling', 'Job.batch', 'CronJob.batch', 'Ingress.networking.k8s.io', 'APIService.apiregistration.k8s.io',
];
const ORDER: ReadonlyMap<string, number> = new Map([...DEFINITIONS, ...REST, ...WEBHOOKS].map((kind, index) => [kind, index]));

/** The stage that an object's kind belongs to. */
export function stageOf(identity: ObjectIdentity): StageName {
  const kind = kindName(identity);
  if (DEFINITIONS.includes(kind)) return 'definitions';
  if (WEBHOOKS.includes(kind)) return 'webhooks';
  // StorageClass, IngressClass, PriorityClass, RuntimeClass, GatewayClass, VolumeSnapshotClass …
  return identity.kind.endsWith('Class') ? 'classes' : 'rest';
}

/** Where a kind stands among the others of its stage. */
export function kindRank(identity: ObjectIdentity): number {
  return ORDER.get(kindName(identity)) ?? ORDER.size;
}

export function kindName({ group, kind }: ObjectIdentity): string {
  return group === '' ? kind : `${kind}.${group}`;
}
