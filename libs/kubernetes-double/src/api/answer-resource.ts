import type { ServerResponse } from 'node:http';
import { answerReview } from '../access/access-reviews.js';
import { createObject, patchObject, updateObject } from './change-objects.js';
import { deleteCollection, deleteObject } from './delete-objects.js';
import { badRequest, methodNotAllowed, NotInDouble, noSuchResource, notFound } from './api-error.js';
import { at, type Json } from './json.js';
import { readObject } from './read-body.js';
import { unknownParameters } from './query-parameters.js';
import { getObject, listObjects } from './read-objects.js';
import { startWatch, type OpenWatch } from './watch-objects.js';
import type { Answer, Call } from './world.js';

/** Does what a request asks of a resource. @returns `undefined` when the answer is a stream that has begun */
export async function answerResource(call: Call, response: ServerResponse, watches: Set<OpenWatch>): Promise<Answer | undefined> {
  refuseOddRequest(call);
  const { verb, subresource } = call.request;
  if (subresource === 'log') return logOf(call);
  if (subresource === 'finalize') return finalizeNamespace(call);
  if (call.resource.group === 'authorization.k8s.io') return answerReview(call);
  switch (verb) {
    case 'get':
      return getObject(call);
    case 'list':
      return listObjects(call);
    case 'watch':
      startWatch(call, response, watches);
      return undefined;
    case 'create':
      return createObject(call);
    case 'update':
      return updateObject(call);
    case 'patch':
      return patchObject(call);
    case 'delete':
      return deleteObject(call);
    default:
      return deleteCollection(call);
  }
}

const MUST_NAME = ['create', 'update', 'patch'];
const WITHOUT_NAMESPACE = ['list', 'watch'];
const BY_SUBRESOURCE: Readonly<Record<string, readonly string[]>> = { log: ['get'], finalize: ['update'], status: ['get', 'update', 'patch'] };

function refuseOddRequest({ request, resource }: Call): void {
  const { verb, subresource, name, query } = request;
  requireSubresource({ request, resource });
  const verbs = subresource === '' ? resource.verbs : (BY_SUBRESOURCE[subresource] ?? []);
  if (!verbs.includes(verb)) throw methodNotAllowed();
  if ((verb === 'create') !== (name === '') && MUST_NAME.includes(verb)) throw methodNotAllowed();
  requirePlace({ request, resource });
  const unknown = unknownParameters(verb, subresource, query);
  if (unknown.length > 0) throw badRequest(`the Kubernetes double refuses parameters that ${verb} has not, which a real server ignores: ${unknown.join(', ')}`);
}

/** A namespaced resource is reached through a namespace, except to list it everywhere; another one is not. */
function requirePlace({ request: { path, verb, namespace, name }, resource }: Pick<Call, 'request' | 'resource'>): void {
  if (!resource.namespaced) {
    if (resource.plural !== 'namespaces' && /^\/apis?\/.*\/namespaces\/[^/]+\/[^/]+/.test(path)) throw noSuchResource();
    return;
  }
  if (namespace === '' && !WITHOUT_NAMESPACE.includes(verb)) throw name === '' ? methodNotAllowed() : noSuchResource();
}

function requireSubresource({ request: { subresource, plural }, resource }: Pick<Call, 'request' | 'resource'>): void {
  if (subresource === '') return;
  const known = (subresource === 'status' && resource.status) || (resource.group === '' && subresource === { pods: 'log', namespaces: 'finalize' }[plural]);
  if (known) return;
  if (!resource.custom && ['scale', 'eviction', 'binding', 'exec', 'attach', 'portforward', 'proxy', 'token', 'approval', 'ephemeralcontainers', 'resize'].includes(subresource)) {
    throw new NotInDouble(`the subresource ${plural}/${subresource}`);
  }
  throw noSuchResource();
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod */
function logOf({ world, request, resource }: Call): Answer {
  const { namespace, name, query } = request;
  if (world.store.get(resource, namespace, name) === undefined) throw notFound(resource, name);
  const refused = ['follow', 'previous', 'sinceSeconds', 'sinceTime', 'timestamps'].filter((parameter) => (query.get(parameter) ?? 'false') !== 'false');
  if (refused.length > 0) throw new NotInDouble(`pods/log with ${refused.join(', ')}`);
  const lines = (world.logOf(namespace, name) ?? '').split(/(?<=\n)/);
  const tail = query.has('tailLines') ? lines.slice(lines.length - Number(query.get('tailLines'))) : lines;
  const text = Buffer.from(tail.join(''), 'utf8');
  const limited = query.has('limitBytes') ? text.subarray(0, Number(query.get('limitBytes'))) : text;
  return { code: 200, body: limited.toString('utf8'), headers: { 'content-type': 'text/plain' } };
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/: the last finalizer of a namespace is taken through its own subresource. */
function finalizeNamespace(call: Call): Answer {
  const { world, request, resource } = call;
  const live = world.store.get(resource, '', request.name);
  if (live === undefined) throw notFound(resource, request.name);
  const finalizers: Json = at(readObject(call), 'spec', 'finalizers') ?? [];
  const next = { ...live, spec: { finalizers } };
  const isLast = live.metadata.deletionTimestamp !== undefined && Array.isArray(finalizers) && finalizers.length === 0;
  return { code: 200, body: isLast ? world.store.remove(resource, next) : world.store.put(resource, next) };
}
