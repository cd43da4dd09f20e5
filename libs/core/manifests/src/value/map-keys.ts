import type { Value } from '../model.js';
import type { Path } from './path.js';
import { formatIdentity, identityOf } from './identity.js';
import { isMap } from './values-equal.js';

/** Where a list is: what decides on its map keys. */
export interface ListPlace {
  readonly kind: string | undefined;
  /** The file's path: kustomization files need no `kind`. */
  readonly file: string;
}

/** One of the fields that tell the items of a list apart. */
export interface MapKey {
  readonly field: string;
  /** Stands for an absent field, as the API server's defaulting does. */
  readonly fallback?: string;
}

// x-kubernetes-list-map-keys of the Kubernetes OpenAPI document (v1.32); lists that are not here are atomic there, or belong to custom resources.
const NAME = keys('name');
const POD_SPEC: Readonly<Record<string, readonly MapKey[]>> = {
  volumes: NAME,
  imagePullSecrets: NAME,
  schedulingGates: NAME,
  resourceClaims: NAME,
  hostAliases: keys('ip'),
  topologySpreadConstraints: keys('topologyKey', 'whenUnsatisfiable'),
};
const CONTAINER: Readonly<Record<string, readonly MapKey[]>> = {
  env: NAME,
  ports: [{ field: 'containerPort' }, { field: 'protocol', fallback: 'TCP' }],
  volumeMounts: keys('mountPath'),
  volumeDevices: keys('devicePath'),
  'resources/claims': NAME,
};
const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'];

const TEMPLATE = 'spec/template/spec';
const POD_SPEC_OF: Readonly<Record<string, string>> = {
  Pod: 'spec',
  Deployment: TEMPLATE,
  ReplicaSet: TEMPLATE,
  StatefulSet: TEMPLATE,
  DaemonSet: TEMPLATE,
  ReplicationController: TEMPLATE,
  Job: TEMPLATE,
  CronJob: 'spec/jobTemplate/spec/template/spec',
  PodTemplate: 'template/spec',
  // custom resources that embed a pod template: Argo Rollouts, Knative Serving
  Rollout: TEMPLATE,
  Service: TEMPLATE,
  Configuration: TEMPLATE,
};

const BY_KIND: Readonly<Record<string, Readonly<Record<string, readonly MapKey[]>>>> = {
  Service: { 'spec/ports': [{ field: 'port' }, { field: 'protocol', fallback: 'TCP' }] },
  ServiceAccount: { secrets: NAME },
  ValidatingWebhookConfiguration: { webhooks: NAME, 'webhooks/[]/matchConditions': NAME },
  MutatingWebhookConfiguration: { webhooks: NAME, 'webhooks/[]/matchConditions': NAME },
  ValidatingAdmissionPolicy: { 'spec/matchConditions': NAME, 'spec/variables': NAME },
  // sigs.k8s.io/gateway-api
  Gateway: { 'spec/listeners': NAME },
  // kustomize merges these by name: kustomize/api/types
  Kustomization: { images: NAME, replicas: NAME, configMapGenerator: NAME, secretGenerator: NAME },
};
const ANY_KIND: Readonly<Record<string, readonly MapKey[]>> = { 'status/conditions': keys('type'), 'metadata/ownerReferences': keys('uid') };

const KUSTOMIZATION_FILE = /(^|\/)(kustomization\.ya?ml|Kustomization)$/;

/**
 * What tells the items of a list apart, one label an item. `undefined` when the list is one value: it has no map keys, or an item lacks them, or two share them.
 * The items of a `List` object are told apart by their identity.
 */
export function itemLabels(place: ListPlace, path: Path, list: readonly Value[]): string[] | undefined {
  const kind = place.kind ?? (KUSTOMIZATION_FILE.test(place.file) ? 'Kustomization' : '');
  const where = path.map((step) => (typeof step === 'string' ? step : '[]')).join('/');
  const labels = isListOfObjects(place.kind, path) ? list.map(objectLabel) : labelsBy(listMapKeys(kind, where), list);
  if (labels === undefined || labels.includes(undefined) || new Set(labels).size !== labels.length) return undefined;
  return labels as string[];
}

/** True for `items` of a `List`, each of which is an object of its own. */
export function isListOfObjects(kind: string | undefined, path: Path): boolean {
  return kind === 'List' && path.length === 1 && path[0] === 'items';
}

function objectLabel(item: Value): string | undefined {
  const identity = identityOf(item);
  return identity && formatIdentity(identity);
}

function labelsBy(mapKeys: readonly MapKey[] | undefined, list: readonly Value[]): (string | undefined)[] | undefined {
  return mapKeys && list.map((item) => labelOf(item, mapKeys));
}

function labelOf(item: Value, mapKeys: readonly MapKey[]): string | undefined {
  if (!isMap(item)) return undefined;
  const parts = mapKeys.map(({ field, fallback }) => item.get(field) ?? fallback);
  return parts.every((part) => typeof part === 'string' || typeof part === 'number') ? parts.join('/') : undefined;
}

/** The map keys of the list of a kind at `where`, for example `spec/template/spec/containers/[]/ports`; `undefined` when that list is one value. */
export function listMapKeys(kind: string, where: string): readonly MapKey[] | undefined {
  const podSpec = POD_SPEC_OF[kind];
  const inPod = podSpec !== undefined && where.startsWith(`${podSpec}/`) ? podSpecKeys(where.slice(podSpec.length + 1)) : undefined;
  return inPod ?? BY_KIND[kind]?.[where] ?? ANY_KIND[where];
}

function podSpecKeys(where: string): readonly MapKey[] | undefined {
  const [list = '', ...rest] = where.split('/');
  if (!CONTAINER_LISTS.includes(list)) return POD_SPEC[where];
  return rest.length === 0 ? NAME : CONTAINER[rest.slice(1).join('/')];
}

function keys(...fields: string[]): MapKey[] {
  return fields.map((field) => ({ field }));
}
