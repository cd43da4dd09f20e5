import { builtinSchema } from '../schema/builtin-schema.js';
import { ALL_VERBS, type Resource } from './resource.js';

/** plural, kind, and: `n` namespaced, `s` status subresource, `g` counts generations, `c` in the category all, `r` a review that can only be created */
type Row = readonly [plural: string, kind: string, traits: string, ...shortNames: string[]];

// As `kubectl api-resources` of Kubernetes v1.32 lists them; groups that are not here are answered with 404 like those that a cluster has not enabled.
const GROUPS: Readonly<Record<string, readonly Row[]>> = {
  v1: [
    ['configmaps', 'ConfigMap', 'n', 'cm'],
    ['endpoints', 'Endpoints', 'n', 'ep'],
    ['events', 'Event', 'n', 'ev'],
    ['limitranges', 'LimitRange', 'n', 'limits'],
    ['namespaces', 'Namespace', 's', 'ns'],
    ['nodes', 'Node', 's', 'no'],
    ['persistentvolumeclaims', 'PersistentVolumeClaim', 'ns', 'pvc'],
    ['persistentvolumes', 'PersistentVolume', 's', 'pv'],
    ['pods', 'Pod', 'nsc', 'po'],
    ['resourcequotas', 'ResourceQuota', 'ns', 'quota'],
    ['secrets', 'Secret', 'n'],
    ['serviceaccounts', 'ServiceAccount', 'n', 'sa'],
    ['services', 'Service', 'nsc', 'svc'],
  ],
  'apps/v1': [
    ['daemonsets', 'DaemonSet', 'nsgc', 'ds'],
    ['deployments', 'Deployment', 'nsgc', 'deploy'],
    ['replicasets', 'ReplicaSet', 'nsgc', 'rs'],
    ['statefulsets', 'StatefulSet', 'nsgc', 'sts'],
  ],
  'batch/v1': [
    ['cronjobs', 'CronJob', 'nsgc', 'cj'],
    ['jobs', 'Job', 'nsgc'],
  ],
  'rbac.authorization.k8s.io/v1': [
    ['clusterrolebindings', 'ClusterRoleBinding', ''],
    ['clusterroles', 'ClusterRole', ''],
    ['rolebindings', 'RoleBinding', 'n'],
    ['roles', 'Role', 'n'],
  ],
  'networking.k8s.io/v1': [
    ['ingressclasses', 'IngressClass', 'g'],
    ['ingresses', 'Ingress', 'nsg', 'ing'],
    ['networkpolicies', 'NetworkPolicy', 'ng', 'netpol'],
  ],
  'policy/v1': [['poddisruptionbudgets', 'PodDisruptionBudget', 'nsg', 'pdb']],
  'apiextensions.k8s.io/v1': [['customresourcedefinitions', 'CustomResourceDefinition', 'sg', 'crd', 'crds']],
  'admissionregistration.k8s.io/v1': [
    ['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', 'g'],
    ['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', 'g'],
  ],
  'autoscaling/v2': [['horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'nsc', 'hpa']],
  'authorization.k8s.io/v1': [
    ['selfsubjectaccessreviews', 'SelfSubjectAccessReview', 'r'],
    ['selfsubjectrulesreviews', 'SelfSubjectRulesReview', 'r'],
    ['subjectaccessreviews', 'SubjectAccessReview', 'r'],
  ],
  'coordination.k8s.io/v1': [['leases', 'Lease', 'n']],
  'storage.k8s.io/v1': [['storageclasses', 'StorageClass', '', 'sc']],
  'scheduling.k8s.io/v1': [['priorityclasses', 'PriorityClass', '', 'pc']],
};

const MODELS: Readonly<Record<string, string>> = { Event: 'CoreV1Event', HorizontalPodAutoscaler: 'V2HorizontalPodAutoscaler' };

/** Every resource that the double serves before any CustomResourceDefinition. */
export function builtinResources(): Resource[] {
  return Object.entries(GROUPS).flatMap(([groupVersion, rows]) => rows.map((row) => resourceOf(groupVersion, row)));
}

function resourceOf(groupVersion: string, [plural, kind, traits, ...shortNames]: Row): Resource {
  const [group = '', version = ''] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  return {
    group,
    version,
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced: traits.includes('n'),
    shortNames,
    categories: traits.includes('c') ? ['all'] : [],
    verbs: verbsOf(plural, traits),
    status: traits.includes('s'),
    generation: traits.includes('g'),
    schema: builtinSchema(MODELS[kind] ?? `V1${kind}`, kind),
  };
}

function verbsOf(plural: string, traits: string): readonly string[] {
  if (traits.includes('r')) return ['create'];
  return plural === 'namespaces' ? ALL_VERBS.filter((verb) => verb !== 'deletecollection') : ALL_VERBS;
}
