import { equal, isObject, type Json, type JsonObject } from '../api/json.js';
import { ANY, deduced, fieldSchema, isGranularMap, isKeyedList, type Schema } from '../schema/schema.js';
import { FieldSet, type FieldPath } from './field-set.js';
import { elementsOf } from './list-elements.js';

/** The fields that an applied configuration sets, as the typed values of structured-merge-diff give them: leaves, atomic values, and the items of keyed lists. */
export function fieldsOf(schema: Schema, value: Json): FieldSet {
  const set = new FieldSet();
  collect(schema, value, [], { set, containers: false });
  return set;
}

interface Collecting {
  readonly set: FieldSet;
  /** Also the maps and lists on the way, as an update that adds them owns them. */
  readonly containers: boolean;
}

function collect(schema: Schema, value: Json, path: FieldPath, collecting: Collecting): void {
  const known = deduced(schema, value);
  if (isObject(value) && isGranularMap(known)) collectMap(known, value, path, collecting);
  else if (Array.isArray(value) && isKeyedList(known)) collectList(known, value, path, collecting);
  else if (path.length > 0) collecting.set.add(path);
}

function collectMap(schema: Schema, value: JsonObject, path: FieldPath, collecting: Collecting): void {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (path.length > 0 && (entries.length === 0 || (collecting.containers && schema.type === 'map'))) collecting.set.add(path);
  for (const [name, item] of entries) collect(fieldSchema(schema, name) ?? ANY, item ?? null, [...path, `f:${name}`], collecting);
}

function collectList(schema: Schema & { type: 'list' }, value: readonly Json[], path: FieldPath, collecting: Collecting): void {
  if (collecting.containers) collecting.set.add(path);
  for (const [element, item] of elementsOf(schema.list, value) ?? []) {
    collecting.set.add([...path, element]);
    if (schema.list.type === 'map') collect(schema.items, item, [...path, element], collecting);
  }
}

export interface Comparison {
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

/** What differs between two states of an object, field by field. */
export function compareFields(schema: Schema, before: Json, after: Json): Comparison {
  const comparison = { changed: new FieldSet(), removed: new FieldSet() };
  compare({ schema, path: [] }, before, after, comparison);
  return comparison;
}

interface Where {
  readonly schema: Schema;
  readonly path: FieldPath;
}

function compare({ schema, path }: Where, before: Json | undefined, after: Json | undefined, found: Comparison): void {
  if (equal(before, after)) return;
  if (before === undefined || before === null) return collect(schema, after ?? null, path, { set: found.changed, containers: true });
  if (after === undefined || after === null) return collect(schema, before, path, { set: found.removed, containers: true });
  compareValues({ schema: deduced(schema, after), path }, before, after, found);
}

function compareValues({ schema, path }: Where, before: Json, after: Json, found: Comparison): void {
  if (isGranularMap(schema) && isObject(before) && isObject(after)) compareMaps({ schema, path }, before, after, found);
  else if (isKeyedList(schema) && Array.isArray(before) && Array.isArray(after)) compareLists({ schema, path }, before, after, found);
  else if (path.length > 0) found.changed.add(path);
}

function compareMaps({ schema, path }: Where, before: JsonObject, after: JsonObject, found: Comparison): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    compare({ schema: fieldSchema(schema, name) ?? ANY, path: [...path, `f:${name}`] }, before[name], after[name], found);
  }
}

function compareLists({ schema, path }: Where & { schema: Schema & { type: 'list' } }, before: Json[], after: Json[], found: Comparison): void {
  const old = elementsOf(schema.list, before) ?? new Map<string, Json>();
  const now = elementsOf(schema.list, after) ?? new Map<string, Json>();
  for (const element of new Set([...old.keys(), ...now.keys()])) {
    const item = [...path, element];
    if (!old.has(element)) found.changed.add(item);
    if (!now.has(element)) found.removed.add(item);
    compare({ schema: schema.items, path: item }, old.get(element), now.get(element), found);
  }
}
