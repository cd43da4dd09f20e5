import { randomUUID } from 'node:crypto';
import { ApiError, badRequest, expired, notFound } from './api-error.js';
import type { JsonObject, KubeObject } from './json.js';
import { inView, listInView, viewFor } from './media-types.js';
import { apiVersionOf, type Resource } from './resource.js';
import { fieldSelector, labelSelector } from './selectors.js';
import type { Answer, Call } from './world.js';

/** An object as a version shows it: with conversion strategy None only the `apiVersion` differs. */
export function inVersion(resource: Resource, object: KubeObject): KubeObject {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

export function getObject(call: Call): Answer {
  const { world, resource, request } = call;
  const view = viewFor(call.accept);
  requireKnownVersion(call);
  const found = world.store.get(resource, request.namespace, request.name);
  if (found === undefined) throw notFound(resource, request.name);
  return { code: 200, body: inView(view, inVersion(resource, found)) };
}

/** @returns the number of `resourceVersion`, or `undefined` when none is asked for */
export function requestedVersion({ request: { query } }: Call): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '') return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`);
  return Number(text);
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#unavailable-resource-versions */
function requireKnownVersion(call: Call): void {
  const wanted = requestedVersion(call) ?? 0;
  const { revision } = call.world.store;
  if (wanted <= revision) return;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  throw new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${revision}`, { details: { causes, retryAfterSeconds: 1 }, headers: { 'retry-after': '1' } });
}

export function selects(call: Call): (object: KubeObject) => boolean {
  const { request, resource } = call;
  const byLabel = labelSelector(request.query.get('labelSelector'));
  const byField = fieldSelector(request.query.get('fieldSelector'), resource.kind);
  return (object) => byLabel(object) && byField(object) && (request.name === '' || object.metadata.name === request.name);
}

/** The objects that a list or a collection is about, whatever page of them is asked for. */
export function matching(call: Call): KubeObject[] {
  const { world, resource, request } = call;
  const all = world.store.list(resource, resource.namespaced && request.namespace !== '' ? request.namespace : undefined);
  return all.map((object) => inVersion(resource, object)).filter(selects(call));
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
export function listObjects(call: Call): Answer {
  const { world, resource, request } = call;
  const view = viewFor(call.accept);
  const limit = Number(request.query.get('limit') ?? '0');
  if (!Number.isInteger(limit) || limit < 0) throw badRequest(`limit: Invalid value: "${request.query.get('limit')}"`);
  const token = request.query.get('continue') ?? '';
  requireMatch(call, token);
  const page = token === '' ? { revision: world.store.revision, rest: matching(call) } : nextPage(call, token);
  const items = limit === 0 ? page.rest : page.rest.slice(0, limit);
  const rest = page.rest.slice(items.length);
  const metadata: JsonObject = { resourceVersion: String(page.revision) };
  if (rest.length > 0) {
    metadata['continue'] = randomUUID();
    world.paging.set(metadata['continue'], { revision: page.revision, rest });
    if (!request.query.get('labelSelector') && !request.query.get('fieldSelector')) metadata['remainingItemCount'] = rest.length;
  }
  return { code: 200, body: listInView(view, { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata }, items) };
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions: which versions a list may ask for. */
function requireMatch(call: Call, token: string): void {
  const { query } = call.request;
  const match = query.get('resourceVersionMatch') ?? '';
  const version = requestedVersion(call);
  const wrong = match === '' ? undefined : wrongMatch(match, version);
  if (wrong !== undefined) throw invalidOptions(`resourceVersionMatch: ${wrong}`);
  if (token !== '' && version !== undefined && version !== 0) throw badRequest('specifying resource version is not allowed when using continue');
  requireKnownVersion(call);
  if (match === 'Exact' && version !== call.world.store.revision) throw expired('The resourceVersion for the provided list is too old.');
}

function wrongMatch(match: string, version: number | undefined): string | undefined {
  if (version === undefined) return 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided';
  if (match !== 'Exact' && match !== 'NotOlderThan') return `Unsupported value: "${match}": supported values: "Exact", "NotOlderThan"`;
  return match === 'Exact' && version === 0 ? 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"' : undefined;
}

export function invalidOptions(why: string): ApiError {
  return new ApiError(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: ${why}`);
}

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

function nextPage({ world }: Call, token: string): { revision: number; rest: readonly KubeObject[] } {
  const page = world.paging.get(token);
  if (page === undefined) throw badRequest('continue key is not valid: illegal base64 data at input byte 0');
  if (page.revision >= world.store.oldest) return page;
  const fresh = randomUUID();
  world.paging.set(fresh, { revision: world.store.revision, rest: page.rest });
  throw expired(TOO_OLD, { continue: fresh });
}
