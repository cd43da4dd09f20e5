import type { Value, ValueMap } from '../model.js';
import { splitImage } from '../value/image-reference.js';
import { itemLabels, type ListPlace } from '../value/map-keys.js';
import { isList, isMap, valuesEqual } from '../value/values-equal.js';
import type { Place } from './merge-context.js';
import { descend, ownsNode, registryTail } from './ownership.js';

/** True when two versions of a node differ at most in what the environment owns. */
export function equalExceptOwned(document: ListPlace, place: Place, a: Value | undefined, b: Value | undefined): boolean {
  if (place.tails.length === 0) return valuesEqual(a, b);
  if (ownsNode(place.tails)) return true;
  if (a === undefined || b === undefined) return onlyOwned(place, a) && onlyOwned(place, b);
  return presentEqual(document, place, a, b);
}

function presentEqual(document: ListPlace, place: Place, a: Value, b: Value): boolean {
  if (isMap(a) && isMap(b)) return mapsEqual(document, place, a, b);
  if (isList(a) && isList(b)) return listsEqual(document, place, a, b);
  return registryTail(place.tails) ? imagesEqual(a, b) : valuesEqual(a, b);
}

function imagesEqual(a: Value, b: Value): boolean {
  return typeof a === 'string' && typeof b === 'string' ? splitImage(a).rest === splitImage(b).rest : valuesEqual(a, b);
}

/** What is left of a node when everything but the fields that the environment owns as a whole is taken away. */
export function ownedOnly(place: Place, value: Value): Value | undefined {
  if (ownsNode(place.tails)) return value;
  if (!isMap(value) || place.tails.length === 0) return undefined;
  const kept = new Map<string, Value>();
  for (const [key, item] of value) {
    const owned = ownedOnly(childOf(place, key), item);
    if (owned !== undefined) kept.set(key, owned);
  }
  return kept.size === 0 ? undefined : kept;
}

/** The place of a key's value. */
export function childOf(place: Place, key: string): Place {
  return { path: [...place.path, key], tails: descend(place.tails, key) };
}

/** The place of a list's item. */
export function itemOf(place: Place, label: string): Place {
  const step = { item: label };
  return { path: [...place.path, step], tails: descend(place.tails, step) };
}

// absent equals a node that holds nothing but owned fields
function onlyOwned(place: Place, value: Value | undefined): boolean {
  if (value === undefined || ownsNode(place.tails)) return true;
  return isMap(value) && value.size > 0 && place.tails.length > 0 && [...value].every(([key, item]) => onlyOwned(childOf(place, key), item));
}

function mapsEqual(document: ListPlace, place: Place, a: ValueMap, b: ValueMap): boolean {
  for (const key of new Set([...a.keys(), ...b.keys()])) if (!equalExceptOwned(document, childOf(place, key), a.get(key), b.get(key))) return false;
  return true;
}

function listsEqual(document: ListPlace, place: Place, a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  const labels = itemLabels(document, place.path, a);
  return a.every((item, index) => equalExceptOwned(document, itemOf(place, labels?.[index] ?? String(index)), item, b[index]));
}
