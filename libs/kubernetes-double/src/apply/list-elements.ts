import { canonical, isObject, type Json, type JsonObject } from '../api/json.js';
import type { ListType } from '../schema/schema.js';
import type { Element } from './field-set.js';

/** The element that an item of a list is known by; `undefined` when the item lacks its keys. */
export function elementOf(list: ListType, item: Json): Element | undefined {
  if (list.type === 'set') return `v:${canonical(item)}`;
  if (list.type === 'atomic' || !isObject(item)) return undefined;
  const keys: JsonObject = {};
  for (const { field, fallback } of list.keys) {
    const value = item[field] ?? fallback;
    if (value === undefined) return undefined;
    keys[field] = value;
  }
  return `k:${canonical(keys)}`;
}

/** Items by their elements, in order; `undefined` when the list cannot be told apart. */
export function elementsOf(list: ListType, items: readonly Json[]): Map<Element, Json> | undefined {
  const found = new Map<Element, Json>();
  for (const item of items) {
    const element = elementOf(list, item);
    if (element === undefined) return undefined;
    if (!found.has(element)) found.set(element, item);
  }
  return found;
}
