import type { Value, ValueMap } from '../model.js';
import { bringAlong } from './bring-along.js';
import { childOf } from './equal-except-owned.js';
import type { MergeContext, Place, Sides } from './merge-context.js';
import { descendIntoNew } from './ownership.js';

export type MergeNode = (context: MergeContext, place: Place, sides: Sides) => Value | undefined;

interface MapSides {
  readonly base: ValueMap | undefined;
  readonly source: ValueMap;
  readonly target: ValueMap;
}

/** Key by key, in the target's order with the source's new keys behind. */
export function mergeMaps(context: MergeContext, place: Place, sides: MapSides, mergeNode: MergeNode): ValueMap {
  const { base, source, target } = sides;
  const merged = new Map<string, Value>();
  for (const key of new Set([...target.keys(), ...source.keys()])) {
    const child = { base: base?.get(key), source: source.get(key), target: target.get(key) };
    const value = isNew(child) ? bringNew(context, place, key, sides) : mergeNode(context, childOf(place, key), child);
    if (value !== undefined) merged.set(key, value);
  }
  return merged;
}

function isNew({ base, source, target }: Sides): boolean {
  return base === undefined && target === undefined && source !== undefined;
}

function bringNew(context: MergeContext, place: Place, key: string, { source, target }: MapSides): Value | undefined {
  const value = source.get(key);
  const child = childOf(place, key);
  // the target has the parent of this owned field, and no value for it: it stays so
  if (value === undefined || child.tails.some((tail) => tail.rest.length === 0 && tail.part === undefined)) return undefined;
  return bringAlong(context, { ...child, tails: descendIntoNew(place.tails, key, target) }, value);
}
