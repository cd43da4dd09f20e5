import { ApiError } from './api-error.js';
import { clone, equal, isObject, type Json, type JsonObject } from './json.js';

/** RFC 7386: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/#use-a-json-merge-patch-to-update-a-deployment */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = mergePatch(result[key], value);
  }
  return result;
}

function rejected(): ApiError {
  return new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request');
}

/** RFC 6902. @throws ApiError 422 as the server answers when an operation does not fit */
export function jsonPatch(target: Json, patch: Json): Json {
  if (!Array.isArray(patch)) throw new ApiError(400, 'BadRequest', 'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  return patch.reduce<Json>((current, operation) => applyOperation(current, isObject(operation) ? operation : {}), clone(target));
}

function applyOperation(target: Json, operation: JsonObject): Json {
  const path = pointer(operation['path']);
  switch (operation['op']) {
    case 'add':
      return withValue(target, path, operation['value'] ?? null, 'add');
    case 'replace':
      valueAt(target, path);
      return withValue(target, path, operation['value'] ?? null, 'replace');
    case 'remove':
      return withoutValue(target, path);
    case 'test':
      if (!equal(valueAt(target, path), operation['value'] ?? null)) throw rejected();
      return target;
    case 'copy':
      return withValue(target, path, clone(valueAt(target, pointer(operation['from']))), 'add');
    case 'move':
      return withValue(withoutValue(target, pointer(operation['from'])), path, clone(valueAt(target, pointer(operation['from']))), 'add');
    default:
      throw rejected();
  }
}

function pointer(text: Json | undefined): string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) throw rejected();
  return text === '' ? [] : text.slice(1).split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(target: Json, path: readonly string[]): Json {
  let current: Json | undefined = target;
  for (const step of path) current = Array.isArray(current) ? current[indexIn(current, step, 0)] : isObject(current) ? current[step] : undefined;
  if (current === undefined) throw rejected();
  return current;
}

function indexIn(list: readonly Json[], step: string, beyond: number): number {
  const index = step === '-' ? list.length : Number(step);
  if (!/^(-|\d+)$/.test(step) || index >= list.length + beyond) throw rejected();
  return index;
}

function withValue(target: Json, path: readonly string[], value: Json, how: 'add' | 'replace'): Json {
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = valueAt(target, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(indexIn(parent, last, how === 'add' ? 1 : 0), how === 'add' ? 0 : 1, value);
  else if (isObject(parent)) parent[last] = value;
  else throw rejected();
  return target;
}

function withoutValue(target: Json, path: readonly string[]): Json {
  const copy = clone(target);
  valueAt(copy, path);
  const parent = valueAt(copy, path.slice(0, -1));
  const last = path.at(-1) ?? '';
  if (Array.isArray(parent)) parent.splice(indexIn(parent, last, 0), 1);
  else if (isObject(parent)) delete parent[last];
  return copy;
}
