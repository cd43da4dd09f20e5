import { err, ok, printableLine, type Result } from '@sluice/kernel';
import { formatIdentity, isList, isMap, type Value, type ValueMap } from '@sluice/manifests';
import { ANNOTATIONS, LABELS } from './annotations.js';
import { encodeBase64 } from './encode-base64.js';
import type { DesiredObject, Owner, PlanProblem } from './model.js';
import type { ReadObject } from './read-objects.js';

/** What is known of the object's kind and its place. */
export interface NormaliseOptions {
  /** Whether objects of this kind stand in namespaces: discovery knows. */
  readonly namespaced: boolean;
  readonly defaultNamespace: string;
  readonly owner: Owner;
  readonly application?: string | undefined;
}

// set by the server only (apimachinery, ObjectMeta); a manifest that was exported from a cluster has them
const SERVER_SET = ['managedFields', 'resourceVersion', 'uid', 'selfLink', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

/**
 * The object as it is applied: without status and what only the server sets, in its namespace, with the labels that say whose it is. A Secret's `stringData` becomes `data`, as the server would make
 * of it: server-side apply would not notice that a key has gone from `stringData`. The rules of an aggregated ClusterRole are the control plane's.
 */
export function normalise({ identity, value, path }: ReadObject, options: NormaliseOptions): Result<DesiredObject, PlanProblem> {
  const place = { ...identity, namespace: options.namespaced ? identity.namespace || options.defaultNamespace : '' };
  const metadata = value.get('metadata');
  const problem = isMap(metadata) ? wrongMaps(metadata) : 'has no metadata';
  if (problem !== undefined || !isMap(metadata)) return err({ path, object: place, message: `${formatIdentity(place)} ${problem ?? ''}` });
  const wanted = new Map(withoutNullTimes(value));
  wanted.delete('status');
  wanted.set('metadata', metadataOf(metadata, place.namespace, options));
  const applied = ofKind(identity, wanted);
  const apiVersion = value.get('apiVersion');
  return ok({ identity: place, apiVersion: typeof apiVersion === 'string' ? apiVersion : '', value: applied, path });
}

function wrongMaps(metadata: ValueMap): string | undefined {
  const wrong = ['labels', 'annotations'].find((field) => metadata.get(field) !== undefined && metadata.get(field) !== null && !isMap(metadata.get(field)));
  return wrong === undefined ? undefined : `has metadata.${printableLine(wrong)} that is no map`;
}

function metadataOf(metadata: ValueMap, namespace: string, { owner, application }: NormaliseOptions): ValueMap {
  const kept = new Map(metadata);
  for (const field of [...SERVER_SET, 'namespace']) kept.delete(field);
  if (namespace !== '') kept.set('namespace', namespace);
  kept.set('labels', joined(metadata.get('labels'), [[LABELS.cluster, owner.cluster], [LABELS.environment, owner.environment]]));
  if (application !== undefined) kept.set('annotations', joined(metadata.get('annotations'), [[ANNOTATIONS.application, application]]));
  return kept;
}

function joined(map: Value | undefined, entries: readonly (readonly [string, string])[]): ValueMap {
  return new Map<string, Value>([...(isMap(map) ? map : []), ...entries]);
}

/** What controller-gen and exports write into templates; the server reads null as no field, and so do we. */
function withoutNullTimes(value: ValueMap): ValueMap {
  return new Map([...value].map(([key, item]) => [key, key === 'metadata' && isMap(item) ? cleaned(item) : descend(item)]));
}

function descend(value: Value): Value {
  if (isList(value)) return value.map(descend);
  return isMap(value) ? withoutNullTimes(value) : value;
}

function cleaned(metadata: ValueMap): ValueMap {
  return new Map([...metadata].filter(([key, item]) => key !== 'creationTimestamp' || item !== null));
}

function ofKind({ group, kind }: ReadObject['identity'], wanted: ValueMap): ValueMap {
  if (kind === 'Secret' && group === '') return withEncodedData(wanted);
  return kind === 'ClusterRole' && group === 'rbac.authorization.k8s.io' && isMap(wanted.get('aggregationRule')) ? withoutRules(wanted) : wanted;
}

/** The control plane fills them in: manifests have an empty list there, which would take all rights away at each sync. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles */
function withoutRules(role: ValueMap): ValueMap {
  return new Map([...role].filter(([field]) => field !== 'rules'));
}

function withEncodedData(secret: ValueMap): ValueMap {
  const texts = secret.get('stringData');
  if (!isMap(texts) || ![...texts.values()].every((text) => typeof text === 'string')) return secret;
  const data = secret.get('data');
  const encoded = [...texts].map(([key, text]) => [key, encodeBase64(String(text))] as const);
  const result = new Map(secret);
  result.delete('stringData');
  return result.set('data', new Map<string, Value>([...(isMap(data) ? data : []), ...encoded]));
}
