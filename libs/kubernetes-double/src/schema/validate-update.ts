import type { Cause } from '../api/api-error.js';
import { at, equal, objectAt, textsAt, type JsonObject, type KubeObject } from '../api/json.js';
import { forbiddenField, invalidValue } from './validate-object.js';

const IMMUTABLE = 'field is immutable';

/** Fields that cannot change once they are set: the texts are those that a client may look for to know that only a new object will do. */
export function validateUpdate(group: string, before: KubeObject, after: KubeObject): Cause[] {
  return [...finalizerCauses(before, after), ...(RULES[`${group}/${after.kind}`]?.(before, after) ?? [])];
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/#how-finalizers-work */
function finalizerCauses(before: KubeObject, after: KubeObject): Cause[] {
  if (before.metadata.deletionTimestamp === undefined) return [];
  const old = textsAt(before, 'metadata', 'finalizers');
  const added = textsAt(after, 'metadata', 'finalizers').filter((one) => !old.includes(one));
  if (added.length === 0) return [];
  const list = added.map((one) => JSON.stringify(one)).join(', ');
  return [forbiddenField('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`)];
}

type Rule = (before: KubeObject, after: KubeObject) => Cause[];

const STATEFUL = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'];
const STATEFUL_TEXT = `updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden`;
const CLAIM_TEXT = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const POD_TEXT =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

const RULES: Readonly<Record<string, Rule>> = {
  // https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates
  'apps/Deployment': same('spec.selector'),
  'apps/ReplicaSet': same('spec.selector'),
  'apps/DaemonSet': same('spec.selector'),
  // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
  'apps/StatefulSet': (before, after) => (equal(without(before, STATEFUL), without(after, STATEFUL)) ? [] : [forbiddenField('spec', STATEFUL_TEXT)]),
  // https://kubernetes.io/docs/concepts/workloads/controllers/job/
  'batch/Job': same('spec.template', 'spec.selector', 'spec.completions', 'spec.completionMode'),
  '/Service': serviceRule,
  // https://kubernetes.io/docs/concepts/configuration/secret/#secret-immutable
  '/Secret': (before, after) => [...same('type')(before, after), ...sealed(before, after)],
  '/ConfigMap': sealed,
  '/PersistentVolumeClaim': (before, after) => (equal(without(before, ['resources', 'volumeName', 'volumeAttributesClassName']), without(after, ['resources', 'volumeName', 'volumeAttributesClassName'])) ? [] : [forbiddenField('spec', CLAIM_TEXT)]),
  '/Pod': (before, after) => (equal(podCore(before), podCore(after)) ? [] : [forbiddenField('spec', POD_TEXT)]),
  // https://kubernetes.io/docs/reference/access-authn-authz/rbac/#clusterrolebinding-example
  'rbac.authorization.k8s.io/RoleBinding': roleRefRule,
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleRefRule,
  'apiextensions.k8s.io/CustomResourceDefinition': same('spec.scope', 'spec.group', 'spec.names.plural', 'spec.names.kind'),
  'storage.k8s.io/StorageClass': (before, after) => (equal(before['parameters'], after['parameters']) ? same('provisioner', 'reclaimPolicy', 'volumeBindingMode')(before, after) : [forbiddenField('parameters', 'updates to parameters are forbidden.')]),
  'scheduling.k8s.io/PriorityClass': (before, after) => (equal(before['value'], after['value']) ? [] : [forbiddenField('value', 'may not be changed in an update.')]),
};

function same(...fields: string[]): Rule {
  return (before, after) =>
    fields.filter((field) => !equal(at(before, ...field.split('.')), at(after, ...field.split('.')))).map((field) => invalidValue(field, at(after, ...field.split('.')), IMMUTABLE));
}

function without(object: KubeObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(objectAt(object, 'spec')).filter(([name]) => !fields.includes(name)));
}

function serviceRule(before: KubeObject, after: KubeObject): Cause[] {
  const [old, now] = [at(before, 'spec', 'clusterIP'), at(after, 'spec', 'clusterIP')];
  if (old === undefined || old === now || at(after, 'spec', 'type') === 'ExternalName') return [];
  return [invalidValue('spec.clusterIPs[0]', [now ?? null], 'may not change once set')];
}

function sealed(before: KubeObject, after: KubeObject): Cause[] {
  if (before['immutable'] !== true) return [];
  const fields = ['data', 'binaryData'].filter((field) => !equal(before[field], after[field]));
  const causes = fields.map((field) => forbiddenField(field, 'field is immutable when `immutable` is set'));
  return after['immutable'] === true ? causes : [forbiddenField('immutable', 'field is immutable when `immutable` is set'), ...causes];
}

function roleRefRule(before: KubeObject, after: KubeObject): Cause[] {
  return equal(before['roleRef'], after['roleRef']) ? [] : [invalidValue('roleRef', after['roleRef'], 'cannot change roleRef')];
}

function podCore(object: KubeObject): JsonObject {
  const spec = without(object, ['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds', 'nodeName', 'containers', 'initContainers']);
  const images = (name: string): JsonObject[] => (Array.isArray(at(object, 'spec', name)) ? (at(object, 'spec', name) as JsonObject[]) : []).map(({ image: _, ...rest }) => rest);
  return { ...spec, containers: images('containers'), initContainers: images('initContainers') };
}
