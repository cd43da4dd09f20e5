import type { Cause } from '../api/api-error.js';
import { equal, isObject, listAt, numberAt, objectAt, textsAt, type Json, type JsonObject } from '../api/json.js';

// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation

/** What the keywords of one node of a schema refuse of a value. Its fields and items have nodes of their own. */
export function valueCauses(checks: JsonObject, value: Json, field: string): Cause[] {
  return [...ownCauses(checks, value, field), ...combinedCauses(checks, value, field)];
}

function ownCauses(checks: JsonObject, value: Json, field: string): Cause[] {
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

/** `allOf`, `anyOf`, `oneOf` and `not`, whose nodes only check and describe nothing: the texts are those of kube-openapi's validation. */
function combinedCauses(checks: JsonObject, value: Json, field: string): Cause[] {
  const valid = (keyword: string): number => listAt(checks, keyword).filter((one) => isObject(one) && isValid(one, value)).length;
  const bad = (detail: string): Cause => ({ reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: "${field}" must ${detail}`, field });
  const causes: Cause[] = [];
  if (valid('allOf') < listAt(checks, 'allOf').length) causes.push(bad('validate all the schemas (allOf)'));
  if (listAt(checks, 'anyOf').length > 0 && valid('anyOf') === 0) causes.push(bad('validate at least one schema (anyOf)'));
  if (listAt(checks, 'oneOf').length > 0 && valid('oneOf') !== 1) causes.push(bad(`validate one and only one schema (oneOf). Found ${valid('oneOf') === 0 ? 'none valid' : `${valid('oneOf')} valid alternatives`}`));
  if (isObject(checks['not']) && isValid(checks['not'], value)) causes.push(bad('not validate the schema (not)'));
  return causes;
}

function isValid(checks: JsonObject, value: Json): boolean {
  if (valueCauses(checks, value, '').length > 0 || !hasType(checks['type'], value)) return false;
  if (Array.isArray(value)) return value.every((item) => isValid(objectAt(checks, 'items'), item));
  return !isObject(value) || Object.entries(objectAt(checks, 'properties')).every(([name, property]) => value[name] === undefined || isValid(objectAt(property), value[name]));
}

function hasType(type: Json | undefined, value: Json): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
}
