import type { Value, ValueMap } from '../model.js';

/** True when kubectl would send the same JSON: the order of keys does not count. */
export function valuesEqual(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (isMap(a)) return isMap(b) && mapsEqual(a, b);
  if (isList(a)) return isList(b) && listsEqual(a, b);
  // unlike `===` these take 1 and 1n for the same number
  return isNumeric(a) && isNumeric(b) && a <= b && a >= b;
}

function isNumeric(value: Value | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function listsEqual(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => valuesEqual(item, b[index]));
}

function mapsEqual(a: ValueMap, b: ValueMap): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !valuesEqual(value, b.get(key))) return false;
  return true;
}

export function isMap(value: Value | undefined): value is ValueMap {
  return value instanceof Map;
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}
