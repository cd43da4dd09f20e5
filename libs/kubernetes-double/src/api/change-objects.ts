import { applyConfiguration } from '../apply/server-side-apply.js';
import { typedProblems } from '../apply/typed-problems.js';
import { acceptObject } from './accept-object.js';
import { ApiError, badRequest, conflict, invalid, MODIFIED, NotInDouble, notFound, unsupportedMediaType } from './api-error.js';
import { at, isObject, textAt, type Json, type JsonObject, type KubeObject } from './json.js';
import { jsonPatch, mergePatch } from './patch-formats.js';
import { isTrue } from './parse-request.js';
import { isDryRun } from './query-parameters.js';
import { mediaType, parseJson, parseYaml, readObject } from './read-body.js';
import { inVersion } from './read-objects.js';
import { apiVersionOf } from './resource.js';
import type { Answer, Call } from './world.js';
import { carriedOver, ownershipOf, requireVersion, storeChange, storeNew } from './write-object.js';

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#api-verbs */
export async function createObject(call: Call): Promise<Answer> {
  const object = acceptObject(call, readObject(call));
  if (object.metadata.resourceVersion) throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
  return storeNew(call, object, false);
}

export async function updateObject(call: Call): Promise<Answer> {
  const { resource, request } = call;
  const object = acceptObject(call, readObject(call));
  if (object.metadata.name !== request.name) throw badRequest(`the name of the object (${object.metadata.name ?? ''}) does not match the name on the URL (${request.name})`);
  const live = existing(call);
  if (resource.custom && !object.metadata.resourceVersion) {
    throw invalid(resource, request.name, [{ reason: 'FieldValueInvalid', message: 'Invalid value: 0x0: must be specified for an update', field: 'metadata.resourceVersion' }]);
  }
  requireVersion(call, live, object);
  return storeChange(call, live, object, false);
}

function existing(call: Call): KubeObject {
  const found = find(call);
  if (found === undefined) throw notFound(call.resource, call.request.name);
  return found;
}

function find({ world, resource, request }: Call): KubeObject | undefined {
  const found = world.store.get(resource, request.namespace, request.name);
  return found && inVersion(resource, found);
}

const PATCH_TYPES = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply */
export async function patchObject(call: Call): Promise<Answer> {
  const type = mediaType(call.contentType);
  if (type === 'application/apply-patch+yaml') return applyObject(call);
  if (call.request.query.get('force') !== null) throw invalidForce();
  if (type === 'application/strategic-merge-patch+json' && !call.resource.custom) throw new NotInDouble('application/strategic-merge-patch+json');
  if (!PATCH_TYPES.includes(type)) throw unsupportedMediaType(PATCH_TYPES);
  const patch = parseJson(call.body);
  return retried(call, async () => {
    const live = existing(call);
    const patched = patchedBy(type, live, patch);
    if (!isObject(patched)) throw badRequest('the patched object is not a map');
    const object = acceptObject(call, patched);
    requireVersion(call, live, object);
    if (object.metadata.name !== call.request.name) throw invalid(call.resource, call.request.name, [{ reason: 'FieldValueInvalid', message: `Invalid value: "${object.metadata.name}": field is immutable`, field: 'metadata.name' }]);
    return storeChange(call, live, object, false);
  });
}

function patchedBy(type: string, live: KubeObject, patch: Json): Json {
  return type === 'application/json-patch+json' ? jsonPatch(live, patch) : mergePatch(live, patch);
}

function invalidForce(): ApiError {
  return invalid({ group: 'meta.k8s.io', plural: 'PatchOptions', kind: 'PatchOptions' }, '', [{ reason: 'FieldValueForbidden', message: 'Forbidden: may not be specified for non-apply patch', field: 'force' }]);
}

/** A patch is made again on what somebody else stored meanwhile, as the server does up to five times; one that names a version is not. */
async function retried(call: Call, attempt: () => Promise<Answer>, times = 5): Promise<Answer> {
  const before = find(call)?.metadata.resourceVersion;
  try {
    return await attempt();
  } catch (error) {
    const moved = error instanceof ApiError && error.message.endsWith(MODIFIED) && find(call)?.metadata.resourceVersion !== before;
    if (!moved || times <= 1) throw error;
    return retried(call, attempt, times - 1);
  }
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
async function applyObject(call: Call): Promise<Answer> {
  const { request, resource } = call;
  const manager = request.query.get('fieldManager') ?? '';
  if (manager === '') {
    throw invalid({ group: 'meta.k8s.io', plural: 'PatchOptions', kind: 'PatchOptions' }, '', [{ reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' }]);
  }
  isDryRun(request.query);
  const body = parseYaml(call.body);
  if (!isObject(body)) throw badRequest('error decoding YAML: the configuration is not a map');
  refuseConfiguration(call, body);
  const configuration = configurationOf(call, body);
  return retried(call, async () => {
    const live = find(call);
    if (live === undefined && configuration.metadata.resourceVersion) throw conflict(resource, request.name, 'StorageError: invalid object, Code: 4, Key: , ResourceVersion: 0, AdditionalErrorMsg: Precondition failed');
    if (live === undefined && (configuration.metadata.uid || request.subresource !== '')) throw notFound(resource, request.name);
    if (live) requireVersion(call, live, configuration);
    const complete = (object: KubeObject): KubeObject => (live ? carriedOver(call, live, object) : object);
    const applied = applyConfiguration(live, withoutIdentity(configuration), { ...ownershipOf(call), manager, force: isTrue(request.query.get('force') ?? 'false'), resource, complete });
    return live ? storeChange(call, live, applied, true) : storeNew(call, applied, true);
  });
}

/** What the decoder of an applied configuration refuses, with the server's own texts. */
function refuseConfiguration({ resource, request }: Call, body: JsonObject): void {
  const apiVersion = apiVersionOf(resource);
  const given = { apiVersion: textAt(body, 'apiVersion'), kind: textAt(body, 'kind') };
  if (given.kind === '') throw badRequest(`error decoding YAML: Object 'Kind' is missing in '${JSON.stringify(body)}'`);
  if (given.apiVersion !== apiVersion || given.kind !== resource.kind) throw badRequest(`${given.apiVersion}, Kind=${given.kind} cannot be applied as ${apiVersion}, Kind=${resource.kind}`);
  if ((at(body, 'metadata', 'managedFields') ?? null) !== null) throw badRequest('metadata.managedFields must be nil');
  const name = textAt(body, 'metadata', 'name');
  if (name !== '' && name !== request.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${request.name})`);
  const problems = typedProblems(resource.schema, body);
  const place = `${textAt(body, 'metadata', 'namespace')}/${name}; ${apiVersion}, Kind=${resource.kind}`;
  if (problems.length > 0) throw new ApiError(500, '', `failed to create typed patch object (${place}): ${problems.length === 1 ? problems[0] : `errors:\n${problems.map((one) => `  ${one}`).join('\n')}`}`);
}

function configurationOf(call: Call, body: JsonObject): KubeObject {
  const given = isObject(body['metadata']) ? body['metadata'] : {};
  return acceptObject(call, { ...body, metadata: { ...given, name: call.request.name } });
}

function withoutIdentity(configuration: KubeObject): KubeObject {
  const { uid: _, resourceVersion: __, creationTimestamp: ___, generation: ____, ...metadata } = configuration.metadata;
  return { ...configuration, metadata };
}
