import { NotInDouble, type Cause } from '../api/api-error.js';
import { clone, equal, isObject, listAt, numberAt, objectAt, textsAt, type Json, type JsonObject, type KubeObject } from '../api/json.js';
import { fits } from './decode-typed.js';
import { fieldSchema, type Schema } from './schema.js';
import { usesCel } from './structural-schema.js';

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

function valueCauses(checks: JsonObject, value: Json, field: string): Cause[] {
  if (isObject(value)) return [...requiredCauses(checks, value, field), ...sizeCauses(checks, Object.keys(value).length, field, 'Properties')];
  if (Array.isArray(value)) return [...sizeCauses(checks, value.length, field, 'Items'), ...uniqueCauses(checks, value, field)];
  return [...enumCauses(checks, value, field), ...textCauses(checks, value, field), ...numberCauses(checks, value, field)];
}

function requiredCauses(checks: JsonObject, value: JsonObject, field: string): Cause[] {
  return textsAt(checks, 'required').filter((name) => value[name] === undefined).map((name) => ({ reason: 'FieldValueRequired', message: 'Required value', field: `${field}.${name}` }));
}

function sizeCauses(checks: JsonObject, size: number, field: string, what: 'Properties' | 'Items'): Cause[] {
  const least = numberAt(checks, `min${what}`) ?? 0;
  const most = numberAt(checks, `max${what}`) ?? Infinity;
  const noun = what.toLowerCase();
  return [
    ...(size < least ? [{ reason: 'FieldValueInvalid', message: `Invalid value: ${size}: ${field} in body should have at least ${least} ${noun}`, field }] : []),
    ...(size > most ? [{ reason: 'FieldValueTooMany', message: `Too many: ${size}: must have at most ${most} ${noun}`, field }] : []),
  ];
}

function uniqueCauses(checks: JsonObject, value: readonly Json[], field: string): Cause[] {
  if (checks['x-kubernetes-list-type'] !== 'set') return [];
  return value.flatMap((item, index) => (value.findIndex((one) => equal(one, item)) < index ? [{ reason: 'FieldValueDuplicate', message: `Duplicate value: ${JSON.stringify(item)}`, field: `${field}[${index}]` }] : []));
}

function enumCauses(checks: JsonObject, value: Json, field: string): Cause[] {
  const allowed = listAt(checks, 'enum');
  if (allowed.length === 0 || allowed.some((one) => equal(one, value))) return [];
  return [{ reason: 'FieldValueNotSupported', message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${allowed.map((one) => JSON.stringify(one)).join(', ')}`, field }];
}

function textCauses(checks: JsonObject, value: Json, field: string): Cause[] {
  if (typeof value !== 'string') return [];
  const bad = (detail: string): Cause => ({ reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${field} in body should ${detail}`, field });
  const pattern = checks['pattern'];
  return [
    ...(value.length < (numberAt(checks, 'minLength') ?? 0) ? [bad(`be at least ${numberAt(checks, 'minLength')} chars long`)] : []),
    ...(value.length > (numberAt(checks, 'maxLength') ?? Infinity) ? [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${numberAt(checks, 'maxLength')} bytes`, field }] : []),
    ...(typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value) ? [bad(`match '${pattern}'`)] : []),
  ];
}

function numberCauses(checks: JsonObject, value: Json, field: string): Cause[] {
  if (typeof value !== 'number') return [];
  const bad = (detail: string): Cause => ({ reason: 'FieldValueInvalid', message: `Invalid value: ${value}: ${field} in body should be ${detail}`, field });
  const [least, most] = [numberAt(checks, 'minimum') ?? -Infinity, numberAt(checks, 'maximum') ?? Infinity];
  const below = checks['exclusiveMinimum'] === true ? value <= least : value < least;
  const above = checks['exclusiveMaximum'] === true ? value >= most : value > most;
  return [...(below ? [bad(`greater than or equal to ${least}`)] : []), ...(above ? [bad(`less than or equal to ${most}`)] : [])];
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

const UNCHECKED = ['allOf', 'anyOf', 'oneOf', 'not'];

/** Keywords of a schema that the double does not evaluate. */
export function uncheckedKeywords(definition: Json | undefined): string[] {
  if (Array.isArray(definition)) return definition.flatMap(uncheckedKeywords);
  if (!isObject(definition)) return [];
  const here = definition['x-kubernetes-int-or-string'] === true ? [] : UNCHECKED.filter((keyword) => definition[keyword] !== undefined);
  const below = [...Object.values(isObject(definition['properties']) ? definition['properties'] : {}), definition['items'], definition['additionalProperties']];
  return [...new Set([...here, ...below.flatMap(uncheckedKeywords)])];
}
