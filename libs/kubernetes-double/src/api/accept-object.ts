import { decodeTyped } from '../schema/decode-typed.js';
import { typeCauses } from '../schema/structural-checks.js';
import { badRequest, invalid } from './api-error.js';
import { isObject, objectAt, textAt, type JsonObject, type KubeObject } from './json.js';
import { fieldValidation } from './query-parameters.js';
import { apiVersionOf } from './resource.js';
import type { Call } from './world.js';

/** Turns a body into an object of the resource: its type, its fields, its place. https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation */
export function acceptObject(call: Call, body: JsonObject): KubeObject {
  const { resource, request } = call;
  const expected = apiVersionOf(resource);
  const given = { apiVersion: textAt(body, 'apiVersion'), kind: textAt(body, 'kind') };
  if (resource.custom && given.kind === '') throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
  if (given.apiVersion !== '' && given.apiVersion !== expected) {
    throw badRequest(`the API version in the data (${given.apiVersion}) does not match the expected API version (${expected})`);
  }
  if (given.kind !== '' && given.kind !== resource.kind) throw badRequest(`${given.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`);
  const decoded = decodeFields(call, { ...body, apiVersion: expected, kind: resource.kind });
  const metadata = isObject(decoded['metadata']) ? decoded['metadata'] : {};
  const object = { ...decoded, apiVersion: expected, kind: resource.kind, metadata } as KubeObject;
  return placed(object, request.namespace, resource.namespaced);
}

/** Drops what the type has not; with `Strict` that is an error, with `Warn` a header. */
function decodeFields(call: Call, body: JsonObject): JsonObject {
  const { resource, request, warnings } = call;
  if (resource.custom) {
    const causes = typeCauses(resource.schema, body);
    if (causes.length > 0) throw invalid(resource, textAt(body, 'metadata', 'name'), causes);
  }
  const { value, unknown, mismatch } = decodeTyped(resource.schema, body);
  const cannot = `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}`;
  const illegal = mismatch ?? badBase64(resource.kind, body);
  if (illegal !== undefined) throw badRequest(`${cannot}: ${illegal}`);
  const validation = fieldValidation(request.query);
  if (unknown.length > 0 && validation === 'Strict') throw badRequest(`${cannot}: strict decoding error: ${unknown.join(', ')}`);
  if (validation === 'Warn') warnings.push(...unknown);
  return value as JsonObject;
}

/** https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data: values of `data` are base64. */
function badBase64(kind: string, body: JsonObject): string | undefined {
  const encoded = kind === 'Secret' ? objectAt(body, 'data') : kind === 'ConfigMap' ? objectAt(body, 'binaryData') : {};
  const bad = Object.values(encoded).find((value) => typeof value === 'string' && !BASE64.test(value));
  return bad === undefined ? undefined : `illegal base64 data at input byte ${Math.max(0, String(bad).search(/[^A-Za-z0-9+/]/))}`;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function placed(object: KubeObject, namespace: string, namespaced: boolean): KubeObject {
  const { metadata } = object;
  if (!namespaced) {
    if (metadata.namespace) throw badRequest('namespace is not allowed on this type: the namespace of the provided object does not match the namespace sent on the request');
    delete metadata.namespace;
    return object;
  }
  if (metadata.namespace && metadata.namespace !== namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  metadata.namespace = namespace;
  return object;
}
