import { NotInDouble, type Cause } from '../api/api-error.js';
import { clone, isObject, objectAt, textsAt, type Json, type JsonObject, type KubeObject } from '../api/json.js';
import { fits } from './decode-typed.js';
import { fieldSchema, type Schema } from './schema.js';
import { usesCel } from './structural-schema.js';
import { valueCauses } from './value-checks.js';

// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation

/** Values of the wrong type: refused with 422, unlike those of built-in kinds. */
export function typeCauses(schema: Schema, value: Json): Cause[] {
  const causes: Cause[] = [];
  walk(schema, value, '', (place, item, field) => {
    const wanted = wantedType(place);
    if (item === null && place.checks?.['nullable'] === true) return;
    if (item === null || hasType(place, item)) return;
    causes.push({ reason: 'FieldValueTypeInvalid', message: `Invalid value: "${typeName(item)}": ${field} in body must be of type ${wanted}: "${typeName(item)}"`, field });
  });
  return causes;
}

function hasType(schema: Schema, value: Json): boolean {
  if (schema.type === 'scalar') return fits(schema.of, value);
  return schema.type === 'list' ? Array.isArray(value) : isObject(value);
}

function wantedType(schema: Schema): string {
  if (schema.type === 'scalar') return schema.of;
  return schema.type === 'list' ? 'array' : 'object';
}

function typeName(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (isObject(value)) return 'object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

type Visit = (schema: Schema, value: Json, field: string) => void;

function walk(schema: Schema, value: Json, field: string, visit: Visit): void {
  if (field !== '') visit(schema, value, field);
  if (Array.isArray(value) && schema.type === 'list') value.forEach((item, index) => walk(schema.items, item, `${field}[${index}]`, visit));
  if (isObject(value)) walkMap(schema, value, field, visit);
}

function walkMap(schema: Schema, value: JsonObject, field: string, visit: Visit): void {
  const isRoot = field === '';
  for (const [name, item] of Object.entries(value)) {
    const below = isRoot && name === 'metadata' ? undefined : fieldSchema(schema, name);
    if (below && item !== undefined) walk(below, item, isRoot ? name : `${field}.${name}`, visit);
  }
}

/** What the structural schema refuses of an object whose types are right. @throws NotInDouble when the schema has rules in CEL */
export function customCauses(schema: Schema, object: KubeObject): Cause[] {
  if (usesCel(schema.checks)) throw new NotInDouble('x-kubernetes-validations: rules of a schema in CEL');
  const causes: Cause[] = rootCauses(schema.checks ?? {}, object);
  walk(schema, object, '', (place, value, field) => {
    if (place.checks) causes.push(...valueCauses(place.checks, value, field));
  });
  return causes;
}

function rootCauses(checks: JsonObject, object: KubeObject): Cause[] {
  return textsAt(checks, 'required').filter((name) => object[name] === undefined).map((name) => ({ reason: 'FieldValueRequired', message: 'Required value', field: name }));
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting */
export function defaultCustom(schema: Schema, object: KubeObject): void {
  defaultBelow(schema.checks ?? {}, object);
}

function defaultBelow(checks: JsonObject, value: Json): void {
  const items = objectAt(checks, 'items');
  if (Array.isArray(value)) for (const item of value) defaultBelow(items, item);
  if (isObject(value)) defaultMap(checks, value);
}

function defaultMap(checks: JsonObject, value: JsonObject): void {
  for (const [name, given] of Object.entries(objectAt(checks, 'properties'))) {
    const property = objectAt(given);
    if (value[name] === undefined && property['default'] !== undefined) value[name] = clone(property['default']);
    if (value[name] !== undefined) defaultBelow(property, value[name]);
  }
  const values = checks['additionalProperties'];
  if (isObject(values)) for (const item of Object.values(value)) defaultBelow(values, item ?? null);
}
