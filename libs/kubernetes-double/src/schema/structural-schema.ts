import { isObject, listAt, textAt, textsAt, type Json, type JsonObject } from '../api/json.js';
import { builtinSchema } from './builtin-schema.js';
import { ANY, type ListType, type Schema, type ScalarType } from './schema.js';

/** The schema of a custom resource: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema */
export function structuralSchema(definition: JsonObject, kind: string): Schema {
  const root = schemaOf(definition);
  const text: Schema = { type: 'scalar', of: 'string' };
  const known: Readonly<Record<string, Schema>> = { apiVersion: text, kind: text, metadata: builtinSchema('V1ObjectMeta', kind, 'metadata') };
  const field = (name: string): Schema | undefined => known[name] ?? (root.type === 'object' ? root.field(name) : undefined);
  return { type: 'object', atomic: false, preserve: root.type === 'object' && root.preserve, field, checks: definition };
}

function schemaOf(definition: JsonObject): Schema {
  if (definition['x-kubernetes-embedded-resource'] === true) return { type: 'object', atomic: false, preserve: true, field: () => undefined, checks: definition };
  if (definition['x-kubernetes-int-or-string'] === true) return { type: 'scalar', of: 'int-or-string', checks: definition };
  switch (definition['type']) {
    case 'object':
      return mapSchema(definition);
    case 'array':
      return { type: 'list', list: listType(definition), items: isObject(definition['items']) ? schemaOf(definition['items']) : ANY, checks: definition };
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      return { type: 'scalar', of: definition['type'] satisfies ScalarType, checks: definition };
    default:
      return definition['x-kubernetes-preserve-unknown-fields'] === true ? ANY : { ...ANY, checks: definition };
  }
}

function mapSchema(definition: JsonObject): Schema {
  const atomic = definition['x-kubernetes-map-type'] === 'atomic';
  if (isObject(definition['additionalProperties'])) return { type: 'map', atomic, values: schemaOf(definition['additionalProperties']), checks: definition };
  if (definition['additionalProperties'] === true) return { type: 'map', atomic, values: ANY, checks: definition };
  const properties = isObject(definition['properties']) ? definition['properties'] : {};
  const fields = new Map<string, Schema>();
  const field = (name: string): Schema | undefined => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!isObject(property)) return undefined;
    const made = fields.get(name) ?? schemaOf(property);
    fields.set(name, made);
    return made;
  };
  return { type: 'object', atomic, preserve: definition['x-kubernetes-preserve-unknown-fields'] === true, field, checks: definition };
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy */
function listType(definition: JsonObject): ListType {
  const type = textAt(definition, 'x-kubernetes-list-type');
  if (type === 'set') return { type: 'set' };
  if (type !== 'map') return { type: 'atomic' };
  const items = isObject(definition['items']) ? definition['items'] : {};
  return { type: 'map', keys: textsAt(definition, 'x-kubernetes-list-map-keys').map((field) => withFallback(field, items)) };
}

function withFallback(field: string, items: JsonObject): { field: string; fallback?: Json } {
  const property = isObject(items['properties']) ? items['properties'][field] : undefined;
  const fallback = isObject(property) ? property['default'] : undefined;
  return fallback === undefined ? { field } : { field, fallback };
}

const COMBINATIONS = ['allOf', 'anyOf', 'oneOf'];

/** Whether a schema has rules in CEL, which the double does not evaluate. */
export function usesCel(definition: Json | undefined): boolean {
  if (Array.isArray(definition)) return definition.some(usesCel);
  if (!isObject(definition)) return false;
  if (listAt(definition, 'x-kubernetes-validations').length > 0) return true;
  const nested = [...['properties'].flatMap((key) => Object.values(isObject(definition[key]) ? definition[key] : {})), definition['items'], definition['additionalProperties'], ...COMBINATIONS.map((key) => definition[key])];
  return nested.some(usesCel);
}
