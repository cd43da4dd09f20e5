import { SluiceError } from '@sluice/kernel';
import { isList, isMap, type Value, type ValueMap } from '@sluice/manifests';
import { readExactly } from './read-exactly.js';

/** A text that is no JSON, or nests deeper than anything that Kubernetes accepts. */
export class UnreadableJson extends SluiceError {
  readonly kind = 'invalid';
}

// the API server refuses what is deeper (apimachinery, json depth limit of structured-merge-diff: 10,000 levels in theory; no schema has a hundred)
const MAX_DEPTH = 200;

/**
 * JSON as the API server sends it, with whole numbers of any size kept.
 * @throws UnreadableJson
 */
export function readJson(text: string): Value {
  try {
    const plain: unknown = JSON.parse(text);
    return hasLongNumber(text) ? readExactly(text, MAX_DEPTH) : valueOf(plain, 0);
  } catch (error) {
    if (error instanceof UnreadableJson) throw error;
    throw new UnreadableJson('the answer is no JSON that can be read', { cause: error });
  }
}

/** JSON with sorted keys and no spaces: equal values are equal texts. */
export function writeJson(value: Value): string {
  if (isList(value)) return `[${value.map(writeJson).join(',')}]`;
  if (isMap(value)) return `{${[...value.keys()].sort().map((key) => `${JSON.stringify(key)}:${writeJson(value.get(key) ?? null)}`).join(',')}}`;
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

/** The value as plain objects and lists, for what reads no bigint: numbers that are too large for it lose their last digits. */
export function plainOf(value: Value): unknown {
  if (isList(value)) return value.map(plainOf);
  if (isMap(value)) return plainMap(value);
  return typeof value === 'bigint' ? Number(value) : value;
}

function plainMap(map: ValueMap): Record<string, unknown> {
  return Object.fromEntries([...map].map(([key, item]) => [key, plainOf(item)]));
}

function hasLongNumber(text: string): boolean {
  return /\d{16}/.test(text);
}

function valueOf(plain: unknown, depth: number): Value {
  if (depth > MAX_DEPTH) throw new UnreadableJson(`the answer nests deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(plain)) return plain.map((item: unknown) => valueOf(item, depth + 1));
  if (typeof plain === 'object' && plain !== null) return new Map(Object.entries(plain).map(([key, item]) => [key, valueOf(item, depth + 1)]));
  return plain as Value;
}
