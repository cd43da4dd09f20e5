import { isObject, type Json, type JsonObject } from '../api/json.js';
import { fieldSchema, type Schema } from './schema.js';

// Lists that a server writes even when they are empty: those without `omitempty` in the types of k8s.io/api.
const KEPT = ['containers', 'rules', 'verbs', 'versions', 'admissionReviewVersions'];

// Fields of common types that have `omitempty` and are no pointers: their zero value is not written.
const ZERO_TEXTS = ['value', 'subPath', 'host', 'hostname', 'subdomain', 'nodeName', 'priorityClassName', 'serviceAccountName', 'workingDir', 'externalName', 'loadBalancerIP'];
const ZERO_FLAGS = ['paused', 'hostNetwork', 'hostPID', 'hostIPC', 'stdin', 'stdinOnce', 'tty', 'readOnly', 'publishNotReadyAddresses'];
const ZERO_NUMBERS = ['minReadySeconds', 'initialDelaySeconds', 'nodePort'];

/**
 * Drops what an object of a built-in kind loses on its way through the server's own types: empty maps and lists, and zero values of some fields. So `labels: {}` that was applied
 * is not in the live object: who compares the two must know. https://kubernetes.io/docs/reference/using-api/server-side-apply/ says nothing of it; it is how k8s.io/api writes JSON.
 */
export function omitEmpty(schema: Schema, value: Json): void {
  if (Array.isArray(value) && schema.type === 'list') for (const item of value) omitEmpty(schema.items, item);
  if (isObject(value)) omitFields(schema, value);
}

function omitFields(schema: Schema, value: JsonObject): void {
  for (const [name, item] of Object.entries(value)) {
    const field = fieldSchema(schema, name);
    if (field === undefined || item === undefined || item === null) continue;
    omitEmpty(field, item);
    if (schema.type === 'object' && isOmitted(field, name, item)) delete value[name];
  }
}

function isOmitted(schema: Schema, name: string, value: Json): boolean {
  if (schema.type === 'list') return Array.isArray(value) && value.length === 0 && !KEPT.includes(name);
  if (schema.type === 'map') return isObject(value) && Object.keys(value).length === 0;
  return isZero(name, value);
}

function isZero(name: string, value: Json): boolean {
  if (value === '') return ZERO_TEXTS.includes(name);
  return value === false ? ZERO_FLAGS.includes(name) : value === 0 && ZERO_NUMBERS.includes(name);
}
