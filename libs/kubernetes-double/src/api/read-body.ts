import { parse } from 'yaml';
import { ApiError, badRequest, unsupportedMediaType } from './api-error.js';
import { isObject, type Json, type JsonObject } from './json.js';
import type { Call } from './world.js';

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources: protobuf is not among what the double reads. */
const BODY_TYPES = ['application/json', 'application/yaml'];
export const MAX_BODY = 3_145_728;

export function tooLarge(): ApiError {
  return new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY}`);
}

export function readObject(call: Call): JsonObject {
  const type = mediaType(call.contentType);
  if (type !== '' && !BODY_TYPES.includes(type)) throw unsupportedMediaType(BODY_TYPES);
  const value = type === 'application/yaml' ? parseYaml(call.body) : parseJson(call.body);
  if (!isObject(value)) throw badRequest('the object provided is unrecognized (must be of type Object)');
  return value;
}

export function mediaType(header: string): string {
  return (header.split(';')[0] ?? '').trim().toLowerCase();
}

export function parseJson(body: Buffer): Json {
  try {
    return JSON.parse(body.toString('utf8')) as Json;
  } catch (cause) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(cause as Error).message}`);
  }
}

/** JSON is YAML too. Duplicate keys are refused, as strict decoding does. */
export function parseYaml(body: Buffer): Json {
  try {
    return parse(body.toString('utf8')) as Json;
  } catch (cause) {
    throw badRequest(`error decoding YAML: ${(cause as Error).message}`);
  }
}
