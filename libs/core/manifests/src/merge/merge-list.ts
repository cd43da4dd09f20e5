import type { Value } from '../model.js';
import { identityOf, kindOf } from '../value/identity.js';
import { isListOfObjects, itemLabels } from '../value/map-keys.js';
import { alignItems } from './align-items.js';
import { bringAlong } from './bring-along.js';
import { equalExceptOwned, itemOf } from './equal-except-owned.js';
import { addConflict, settle, type MergeContext, type Place } from './merge-context.js';
import type { MergeNode } from './merge-map.js';
import { mergeOrder } from './merge-order.js';
import { descendIntoNew, ownedBelow } from './ownership.js';

interface ListSides {
  readonly base: readonly Value[] | undefined;
  readonly source: readonly Value[];
  readonly target: readonly Value[];
}
type Labelled = ReadonlyMap<string, Value>;

/** By map keys where every version has them, otherwise as one value. */
export function mergeLists(context: MergeContext, place: Place, sides: ListSides, mergeNode: MergeNode): Value {
  const base = sides.base === undefined ? new Map<string, Value>() : labelled(context, place, sides.base);
  const source = labelled(context, place, sides.source);
  const target = labelled(context, place, sides.target);
  if (base === undefined || source === undefined || target === undefined) return mergeAtomic(context, place, sides, mergeNode);
  const kept = new Map<string, Value>();
  for (const label of new Set([...target.keys(), ...source.keys()])) {
    const value = mergeItem(context, place, label, { base, source, target, list: sides.target, mergeNode });
    if (value !== undefined) kept.set(label, value);
  }
  const order = mergeOrder({ base: sides.base && [...base.keys()], source: [...source.keys()], target: [...target.keys()] }, kept);
  if (order === undefined) addConflict(context, place, orderSides(base, source, target), 'both-changed');
  return (order ?? [...kept.keys()]).flatMap((label) => kept.get(label) ?? []);
}

interface ItemSides {
  readonly base: Labelled;
  readonly source: Labelled;
  readonly target: Labelled;
  readonly list: readonly Value[];
  readonly mergeNode: MergeNode;
}

function mergeItem(context: MergeContext, place: Place, label: string, items: ItemSides): Value | undefined {
  const sides = { base: items.base.get(label), source: items.source.get(label), target: items.target.get(label) };
  const item = itemOf(place, label);
  if (isListOfObjects(context.kind, place.path)) {
    const object = sides.target ?? sides.source;
    return mergeObject({ ...context, roots: [sides.base, sides.source, sides.target] }, object, (inner, below) => items.mergeNode(inner, below, sides));
  }
  const isNew = sides.base === undefined && sides.target === undefined && sides.source !== undefined;
  if (!isNew || sides.source === undefined) return items.mergeNode(context, item, sides);
  return bringAlong(context, { ...item, tails: descendIntoNew(place.tails, { item: label }, items.list) }, sides.source);
}

// an item of a List is an object of its own: its paths, its owned fields and its Secret data are told by its own kind
function mergeObject(context: MergeContext, object: Value | undefined, merge: (inner: MergeContext, place: Place) => Value | undefined): Value | undefined {
  const kind = kindOf(object);
  const identity = identityOf(object);
  const { file, roots, owned, conflicts, notes } = context;
  const inner: MergeContext = { file, roots, owned, conflicts, notes, kind, ...(identity && { object: identity }) };
  return merge(inner, { path: [], tails: ownedBelow(owned, kind) });
}

/** A list that is one value. Owned fields in it are kept where an item of the source can be told to be the target's. */
function mergeAtomic(context: MergeContext, place: Place, sides: ListSides, mergeNode: MergeNode): Value {
  const { base, source, target } = sides;
  if (equalExceptOwned(context, place, source, base) || equalExceptOwned(context, place, source, target)) return target;
  if (base === undefined || !equalExceptOwned(context, place, target, base)) return settle(context, place, sides, 'both-changed') ?? [];
  const same = (a: number, b: number): boolean => equalExceptOwned(context, itemOf(place, String(b)), base[a], source[b]);
  const partners = alignItems(base.length, source.length, same);
  return source.map((item, index) => {
    const below = itemOf(place, String(index));
    const partner = partners[index];
    if (partner === undefined) return bringAlong(context, below, item);
    return mergeNode(context, below, { base: base[partner], source: item, target: target[partner] }) ?? item;
  });
}

function labelled(context: MergeContext, place: Place, list: readonly Value[]): Labelled | undefined {
  const labels = itemLabels(context, place.path, list);
  return labels && new Map(list.map((item, index) => [labels[index] ?? '', item]));
}

function orderSides(base: Labelled, source: Labelled, target: Labelled) {
  return { base: [...base.keys()], source: [...source.keys()], target: [...target.keys()] };
}
