import { isObject, type Json, type JsonObject } from '../api/json.js';
import { fits, jsonType } from '../schema/decode-typed.js';
import { deduced, fieldSchema, type Schema } from '../schema/schema.js';
import { printPath, type FieldPath } from './field-set.js';
import { elementOf } from './list-elements.js';

/** Why a configuration cannot be read with the schema, in the words of structured-merge-diff: unknown fields, wrong types, two items with the same keys. */
export function typedProblems(schema: Schema, value: Json): string[] {
  const problems: string[] = [];
  check(schema, value, [], problems);
  return problems;
}

function check(schema: Schema, value: Json, path: FieldPath, problems: string[]): void {
  if (value === null) return;
  const known = deduced(schema, value);
  if (known.type === 'scalar') {
    if (!fits(known.of, value)) problems.push(`${printPath(path)}: expected ${expected(known.of)}, got &value.valueUnstructured{Value:${JSON.stringify(value)}}`);
  } else if (known.type === 'list') {
    if (Array.isArray(value)) checkList(known, value, path, problems);
    else problems.push(`${printPath(path)}: expected list, got ${jsonType(value)}`);
  } else if (isObject(value)) {
    checkMap(known, value, path, problems);
  } else {
    problems.push(`${printPath(path)}: expected map, got &value.valueUnstructured{Value:${JSON.stringify(value)}}`);
  }
}

function expected(of: string): string {
  if (of === 'number' || of === 'integer') return 'numeric (int or float)';
  return of;
}

function checkMap(schema: Schema, value: JsonObject, path: FieldPath, problems: string[]): void {
  for (const [name, item] of Object.entries(value)) {
    const field = fieldSchema(schema, name);
    const place = [...path, `f:${name}`];
    if (field === undefined) problems.push(`${printPath(place)}: field not declared in schema`);
    else check(field, item ?? null, place, problems);
  }
}

function checkList(schema: Schema & { type: 'list' }, value: readonly Json[], path: FieldPath, problems: string[]): void {
  const seen = new Set<string>();
  value.forEach((item, index) => {
    const element = schema.list.type === 'atomic' ? `v:${index}` : elementOf(schema.list, item);
    if (element === undefined) return problems.push(`${printPath(path)}: element ${index}: associative list with keys has an element that omits key field ${missingKey(schema, item)} (and doesn't have default value)`);
    if (seen.has(element)) problems.push(`${printPath(path)}: duplicate entries for key ${printPath([element])}`);
    seen.add(element);
    check(schema.items, item, [...path, element], problems);
    return undefined;
  });
}

function missingKey({ list }: Schema & { type: 'list' }, item: Json): string {
  const keys = list.type === 'map' ? list.keys : [];
  return JSON.stringify(keys.find(({ field, fallback }) => (isObject(item) ? item[field] : undefined) === undefined && fallback === undefined)?.field ?? '');
}
