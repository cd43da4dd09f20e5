import { isObject, type Json, type JsonObject } from '../api/json.js';
import { ANY, deduced, fieldSchema, isGranularMap, isKeyedList, type Schema } from '../schema/schema.js';
import type { FieldPath, FieldSet } from './field-set.js';
import { elementOf, elementsOf } from './list-elements.js';

/** Lays a configuration over the live object: https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy */
export function mergeApplied(schema: Schema, live: Json | undefined, applied: Json): Json {
  const known = deduced(schema, applied);
  if (isGranularMap(known) && isObject(applied) && isObject(live)) return mergeMaps(known, live, applied);
  if (isKeyedList(known) && Array.isArray(applied) && Array.isArray(live)) return mergeLists(known, live, applied);
  return applied;
}

function mergeMaps(schema: Schema, live: JsonObject, applied: JsonObject): JsonObject {
  const merged: JsonObject = { ...live };
  for (const [name, item] of Object.entries(applied)) {
    if (item !== undefined && item !== null) merged[name] = mergeApplied(fieldSchema(schema, name) ?? ANY, live[name], item);
  }
  return merged;
}

/** Items come in the order of the configuration; those that only the live object has keep their place between them. */
function mergeLists(schema: Schema & { type: 'list' }, live: readonly Json[], applied: readonly Json[]): Json[] {
  const old = elementsOf(schema.list, live);
  const now = elementsOf(schema.list, applied);
  if (old === undefined || now === undefined) return [...applied];
  const merged: Json[] = [];
  const pending = [...old.keys()];
  const takeForeign = (): void => {
    while (pending[0] !== undefined && !now.has(pending[0])) merged.push(old.get(pending.shift() ?? '') ?? null);
  };
  for (const [element, item] of now) {
    takeForeign();
    merged.push(mergeApplied(schema.items, old.get(element), item));
    const index = pending.indexOf(element);
    if (index >= 0) pending.splice(index, 1);
  }
  for (const element of pending) if (!now.has(element)) merged.push(old.get(element) ?? null);
  return merged;
}

/**
 * Takes out what the manager applied before, applies no longer, and nobody else owns.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function pruneFields(schema: Schema, value: Json, path: FieldPath, sets: { readonly last: FieldSet; readonly owned: FieldSet }): Json {
  const known = deduced(schema, value);
  if (isGranularMap(known) && isObject(value)) return pruneMap(known, value, path, sets);
  if (isKeyedList(known) && Array.isArray(value)) return pruneList(known, value, path, sets);
  return value;
}

type Sets = { readonly last: FieldSet; readonly owned: FieldSet };

function isGone(path: FieldPath, { last, owned }: Sets): boolean {
  return last.has(path) && !owned.reaches(path);
}

function pruneMap(schema: Schema, value: JsonObject, path: FieldPath, sets: Sets): JsonObject {
  const kept: JsonObject = {};
  for (const [name, item] of Object.entries(value)) {
    const place = [...path, `f:${name}`];
    if (item === undefined || isGone(place, sets)) continue;
    const pruned = sets.last.reaches(place) ? pruneFields(fieldSchema(schema, name) ?? ANY, item, place, sets) : item;
    if (isEmpty(pruned) && !isEmpty(item) && !sets.owned.has(place)) continue; // emptied by this apply
    kept[name] = pruned;
  }
  return kept;
}

function pruneList(schema: Schema & { type: 'list' }, value: readonly Json[], path: FieldPath, sets: Sets): Json[] {
  return value.flatMap((item) => {
    const element = elementOf(schema.list, item);
    if (element === undefined) return [item];
    const place = [...path, element];
    return isGone(place, sets) ? [] : [pruneFields(schema.items, item, place, sets)];
  });
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
