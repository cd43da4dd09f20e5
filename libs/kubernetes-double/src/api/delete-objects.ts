import { ApiError, badRequest, conflict, NotInDouble, notFound } from './api-error.js';
import { at, isObject, numberAt, objectAt, textAt, textsAt, type JsonObject, type KubeObject } from './json.js';
import { isDryRun } from './query-parameters.js';
import { matching } from './read-objects.js';
import { mediaType, parseJson } from './read-body.js';
import { apiVersionOf } from './resource.js';
import type { Answer, Call } from './world.js';
import { isFinallyGone } from './write-object.js';

interface DeleteOptions {
  readonly policy: 'Background' | 'Foreground' | 'Orphan';
  readonly preconditions: JsonObject;
  readonly graceSeconds: number | undefined;
  readonly dryRun: boolean;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/ */
function optionsOf(call: Call): DeleteOptions {
  const { query } = call.request;
  const body = bodyOf(call);
  if (at(body, 'orphanDependents') !== undefined || query.has('orphanDependents')) throw new NotInDouble('orphanDependents, deprecated since 1.7');
  const policy = textAt(body, 'propagationPolicy') || query.get('propagationPolicy') || 'Background';
  if (policy !== 'Background' && policy !== 'Foreground' && policy !== 'Orphan') throw unsupportedPolicy(policy);
  const graceSeconds = numberAt(body, 'gracePeriodSeconds') ?? numberIn(query, 'gracePeriodSeconds');
  const dryRun = textsAt(body, 'dryRun').includes('All') || isDryRun(query);
  return { policy, preconditions: objectAt(body, 'preconditions'), graceSeconds, dryRun };
}

function bodyOf(call: Call): JsonObject {
  if (call.body.length === 0) return {};
  if (mediaType(call.contentType) !== 'application/json' && call.contentType !== '') throw new NotInDouble(`DeleteOptions as ${call.contentType}`);
  const body = parseJson(call.body);
  if (!isObject(body)) throw badRequest('the DeleteOptions are not a map');
  return body;
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  return query.has(name) ? Number(query.get(name)) : undefined;
}

function unsupportedPolicy(policy: string): ApiError {
  return new ApiError(422, 'Invalid', `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "${policy}": supported values: "Foreground", "Background", "Orphan", "nil"`);
}

export async function deleteObject(call: Call): Promise<Answer> {
  const { world, resource, request } = call;
  const options = optionsOf(call);
  const live = world.store.get(resource, request.namespace, request.name);
  if (live === undefined) throw notFound(resource, request.name);
  requirePreconditions(call, live, options.preconditions);
  await world.admit({ operation: 'DELETE', resource, subresource: '', namespace: request.namespace, name: request.name, oldObject: live, user: call.user, dryRun: options.dryRun });
  const { object, gone } = remove(call, world.store.get(resource, request.namespace, request.name) ?? live, options);
  return { code: 200, body: gone ? deleted(call, object) : object };
}

function deleted({ resource }: Call, { metadata: { name, uid } }: KubeObject): JsonObject {
  const details = { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural, ...(uid === undefined ? {} : { uid }) };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

export async function deleteCollection(call: Call): Promise<Answer> {
  const { world, resource } = call;
  const options = optionsOf(call);
  const items = matching(call);
  for (const object of items) {
    const { name, namespace = '' } = object.metadata;
    await world.admit({ operation: 'DELETE', resource, subresource: '', namespace, name, oldObject: object, user: call.user, dryRun: options.dryRun });
    if (world.store.get(resource, namespace, name)) remove(call, object, options);
  }
  return { code: 200, body: { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata: { resourceVersion: String(world.store.revision) }, items } };
}

function requirePreconditions({ resource }: Call, live: KubeObject, preconditions: JsonObject): void {
  const { name, uid, resourceVersion } = live.metadata;
  const wanted = { uid: textAt(preconditions, 'uid'), resourceVersion: textAt(preconditions, 'resourceVersion') };
  if (wanted.uid !== '' && wanted.uid !== uid) throw conflict(resource, name, `the UID in the precondition (${wanted.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`);
  if (wanted.resourceVersion !== '' && wanted.resourceVersion !== resourceVersion) {
    throw conflict(resource, name, `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`);
  }
}

/** https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion: the finalizers that tell the garbage collector what to do. */
const POLICY_FINALIZER = { Background: undefined, Foreground: 'foregroundDeletion', Orphan: 'orphan' } as const;

function remove({ world, resource }: Call, live: KubeObject, options: DeleteOptions): { readonly object: KubeObject; readonly gone: boolean } {
  const next = marked({ world, resource }, live, options);
  if (options.dryRun) return { object: next, gone: isFinallyGone(next) };
  if (isFinallyGone(next)) return { object: world.store.remove(resource, next), gone: true };
  return { object: JSON.stringify(next) === JSON.stringify(live) ? live : world.store.put(resource, next), gone: false };
}

/** The object with the mark of its deletion and the finalizers that the policy asks for. */
function marked({ world, resource }: Pick<Call, 'world' | 'resource'>, live: KubeObject, options: DeleteOptions): KubeObject {
  const { metadata } = live;
  const finalizer = POLICY_FINALIZER[options.policy];
  const finalizers = [...new Set([...textsAt(metadata, 'finalizers'), ...(finalizer === undefined ? [] : [finalizer])])];
  const next: KubeObject = { ...live, metadata: { ...metadata, ...(finalizers.length > 0 ? { finalizers } : {}) } };
  if (metadata.deletionTimestamp === undefined) {
    next.metadata.deletionTimestamp = world.now();
    next.metadata.deletionGracePeriodSeconds = gracePeriod(live, options);
    if (resource.generation && metadata.generation !== undefined) next.metadata.generation = metadata.generation + 1;
  } else if (options.graceSeconds === 0) next.metadata.deletionGracePeriodSeconds = 0;
  if (resource.group === '' && resource.plural === 'namespaces') next['status'] = { ...objectAt(live, 'status'), phase: 'Terminating' };
  return next;
}

/** Only pods have time to end: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination */
function gracePeriod(live: KubeObject, { graceSeconds }: DeleteOptions): number {
  if (live.kind !== 'Pod' || textAt(live, 'status', 'phase') === 'Succeeded' || textAt(live, 'status', 'phase') === 'Failed') return 0;
  return graceSeconds ?? numberAt(live, 'spec', 'terminationGracePeriodSeconds') ?? 30;
}
