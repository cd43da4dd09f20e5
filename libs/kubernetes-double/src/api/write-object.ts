import { randomUUID } from 'node:crypto';
import { trackUpdate, unmanaged, type Ownership } from '../apply/server-side-apply.js';
import { applyDefaults } from '../schema/defaults.js';
import { omitEmpty } from '../schema/omit-empty.js';
import { customCauses, defaultCustom } from '../schema/structural-checks.js';
import { validateObject } from '../schema/validate-object.js';
import { validateUpdate } from '../schema/validate-update.js';
import { alreadyExists, conflict, forbidden, invalid, MODIFIED, notFound } from './api-error.js';
import { at, clone, equal, textsAt, type Json, type JsonObject, type KubeObject } from './json.js';
import { isDryRun } from './query-parameters.js';
import { apiVersionOf } from './resource.js';
import type { Answer, Call } from './world.js';

/** The manager of a change that names none: https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers */
function managerOf(call: Call): string {
  return call.request.query.get('fieldManager') || (call.userAgent.split('/')[0] ?? 'unknown');
}

export function ownershipOf(call: Call): Ownership {
  const { resource, request, world } = call;
  return { schema: resource.schema, hasStatus: resource.status, subresource: request.subresource, apiVersion: apiVersionOf(resource), now: world.now() };
}

/** Stores a new object. @param managed the object has its managed fields already, as after an apply */
export async function storeNew(call: Call, given: KubeObject, managed: boolean): Promise<Answer> {
  const { world, resource, user } = call;
  const { store } = world;
  const object = born(call, given);
  requireNamespace(call, object);
  refuseInvalid(call, object);
  const tracked = managed ? object : trackUpdate(undefined, object, managerOf(call), ownershipOf(call));
  const { name, namespace = '' } = object.metadata;
  const dryRun = isDryRun(call.request.query);
  await world.admit({ operation: 'CREATE', resource, subresource: '', namespace, name, object: tracked, user, dryRun });
  if (store.get(resource, namespace, name)) throw alreadyExists(resource, name);
  return { code: 201, body: dryRun ? tracked : store.put(resource, tracked) };
}

function born(call: Call, given: KubeObject): KubeObject {
  const { resource, world } = call;
  const object = clone(given);
  const { metadata } = object;
  const generated = !metadata.name && metadata.generateName ? `${metadata.generateName}${randomUUID().slice(-5)}` : (metadata.name ?? '');
  for (const field of ['resourceVersion', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds']) delete metadata[field];
  Object.assign(metadata, { name: generated, uid: randomUUID(), creationTimestamp: world.now(), ...(resource.generation ? { generation: 1 } : {}) });
  if (resource.status) delete object['status'];
  complete(call, object);
  return object;
}

/** Defaults: https://kubernetes.io/docs/reference/using-api/api-concepts/ (built-in) and the `default` of a structural schema. */
function complete({ resource, world }: Call, object: KubeObject): void {
  if (resource.custom) return defaultCustom(resource.schema, object);
  applyDefaults(resource.group, object, world.addresses);
  omitEmpty(resource.schema, object);
}

/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#namespacelifecycle */
function requireNamespace({ resource, world }: Call, { metadata: { namespace, name } }: KubeObject): void {
  if (!resource.namespaced) return;
  const found = world.store.get({ group: '', plural: 'namespaces' }, '', namespace ?? '');
  if (found === undefined) throw notFound({ group: '', plural: 'namespaces', kind: 'Namespace' }, namespace ?? '');
  if (found.metadata.deletionTimestamp === undefined) return;
  const refused = forbidden(resource, name, `unable to create new content in namespace ${namespace} because it is being terminated`);
  refused.details['causes'] = [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }];
  throw refused;
}

function refuseInvalid({ resource }: Call, object: KubeObject, before?: KubeObject): void {
  const { name } = object.metadata;
  if (name === '') throw invalid(resource, '', [{ reason: 'FieldValueRequired', message: 'Required value: name or generateName is required', field: 'metadata.name' }]);
  const causes = [...validateObject(resource.group, object), ...(before ? validateUpdate(resource.group, before, object) : []), ...(resource.custom ? customCauses(resource.schema, object) : [])];
  if (causes.length > 0) throw invalid(resource, name, causes);
}

/** Stores a changed object, when something changed. @param given as the client wants it, with the defaults */
export async function storeChange(call: Call, live: KubeObject, given: KubeObject, managed: boolean): Promise<Answer> {
  const { world, resource, user, request } = call;
  const next = carriedOver(call, live, given);
  refuseInvalid(call, next, live);
  const tracked = managed ? next : trackUpdate(live, next, managerOf(call), ownershipOf(call));
  const { name, namespace = '' } = live.metadata;
  const dryRun = isDryRun(request.query);
  await world.admit({ operation: 'UPDATE', resource, subresource: request.subresource, namespace, name, object: tracked, oldObject: live, user, dryRun });
  const now = world.store.get(resource, namespace, name);
  if (now?.metadata.resourceVersion !== live.metadata.resourceVersion) throw conflict(resource, name, MODIFIED);
  if (dryRun || isSame(live, tracked)) return { code: 200, body: dryRun ? tracked : live };
  if (isFinallyGone(tracked)) return { code: 200, body: world.store.remove(resource, tracked) };
  return { code: 200, body: world.store.put(resource, tracked) };
}

function isSame(live: KubeObject, next: KubeObject): boolean {
  return equal(unmanaged(live), unmanaged(next)) && equal(live.metadata['managedFields'], next.metadata['managedFields']);
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/: the last finalizer of an object that is being deleted ends it. */
export function isFinallyGone({ metadata, ...object }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined || textsAt(metadata, 'finalizers').length > 0 || (metadata.deletionGracePeriodSeconds ?? 0) > 0) return false;
  return textsAt(object, 'spec', 'finalizers').length === 0 || object.kind !== 'Namespace';
}

const SYSTEM_FIELDS = ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'selfLink', 'resourceVersion', 'generateName'];

/** What a client cannot change: system metadata, the status through the main resource, and all but the status through `/status`. */
export function carriedOver(call: Call, live: KubeObject, given: KubeObject): KubeObject {
  const { resource, request } = call;
  const managedFields = given.metadata['managedFields'] ?? live.metadata['managedFields'];
  const ofStatus = request.subresource === 'status';
  const next = clone(ofStatus ? live : given);
  if (ofStatus || resource.status) setOrDelete(next, 'status', (ofStatus ? given : live)['status']);
  for (const field of SYSTEM_FIELDS) setOrDelete(next.metadata, field, live.metadata[field]);
  setOrDelete(next.metadata, 'managedFields', isReset(managedFields) ? undefined : managedFields);
  complete(call, next);
  if (resource.generation && !ofStatus) countGeneration(live, next, resource.status);
  return next;
}

function countGeneration(live: KubeObject, next: KubeObject, hasStatus: boolean): void {
  if (!equal(intent(live, hasStatus), intent(next, hasStatus))) next.metadata.generation = (live.metadata.generation ?? 0) + 1;
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#clearing-managedfields */
function isReset(managedFields: Json | undefined): boolean {
  return equal(managedFields, [{}]);
}

function setOrDelete(target: JsonObject, key: string, value: JsonObject[string]): void {
  if (value === undefined) delete target[key];
  else target[key] = clone(value);
}

/** What `metadata.generation` counts changes of: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/#System */
function intent(object: KubeObject, hasStatus: boolean): JsonObject {
  const { metadata: _, status, ...rest } = object;
  return hasStatus ? rest : { ...rest, status };
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions: an update with an old version changes nothing. */
export function requireVersion({ resource }: Call, live: KubeObject, given: KubeObject): void {
  const { name, resourceVersion, uid } = live.metadata;
  const wanted = at(given, 'metadata', 'resourceVersion');
  const wantedUid = at(given, 'metadata', 'uid');
  if (wantedUid && wantedUid !== uid) throw conflict(resource, name, `Precondition failed: UID in precondition: ${String(wantedUid)}, UID in object meta: ${uid}`);
  if (wanted && wanted !== resourceVersion) throw conflict(resource, name, MODIFIED);
}
