import type { Value, ValueMap } from '../model.js';
import { isCollection, type CollectionLayout, type EntryLayout } from '../layout/layout.js';
import { columnOf } from '../layout/text-lines.js';
import { UnsupportedEdit } from '../layout/unsupported-edit.js';
import { isMap, valuesEqual } from '../value/values-equal.js';
import type { CollectionSlot, EditJob, Hint, Slot } from './edit-job.js';
import { entryText, type EntryHint, type NewEntry } from './entry-text.js';
import { inheritedKeys } from './inherited-keys.js';
import { replaceSlot } from './replace-slot.js';
import { spliceEntries, type Insert } from './splice-entries.js';

interface Maps {
  readonly have: ValueMap;
  readonly want: ValueMap;
}

/** Edits the pairs of a map. */
export function editMap(job: EditJob, slot: CollectionSlot, maps: Maps, hint: Hint | undefined): void {
  const { node } = slot;
  const { have, want } = maps;
  if (want.size === 0 || node.entries.length === 0) return valuesEqual(have, want) ? undefined : replaceSlot(job, slot, want, hint);
  const explicit = new Map(node.entries.flatMap((entry, index) => (entry.key === undefined ? [] : [[entry.key, index] as const])));
  refuseUnknownKeys(node, have, explicit);
  const kept = new Set([...explicit.keys()].filter((key) => want.has(key)));
  const inherited = node.entries.some((entry) => entry.merge) ? inheritedKeys(job, node, have, kept) : new Map<string, Value>();
  // what comes by "<<", or would once the key that overrides it is gone, cannot be left out: the map is written out
  if ([...inherited.keys()].some((key) => !want.has(key))) return replaceSlot(job, slot, want, hint);
  const removed = new Set([...explicit].filter(([key]) => !want.has(key)).map(([, index]) => index));
  for (const [key, index] of explicit) editPair(job, slot, { key, index, have: have.get(key), want: want.get(key) }, hint);
  spliceEntries(job, node, removed, insertsOf(job, slot, { want, added: addedKeys(want, inherited, explicit), explicit, removed }, hint));
}

interface PairChange {
  readonly key: string;
  readonly index: number;
  readonly have: Value | undefined;
  readonly want: Value | undefined;
}

function editPair(job: EditJob, slot: CollectionSlot, { key, index, have, want }: PairChange, hint: Hint | undefined): void {
  const entry = slot.node.entries[index];
  if (entry !== undefined && have !== undefined && want !== undefined) job.editNode(job, pairSlot(job.text, slot, slot.node, entry), { have, want }, childHint(hint, key, slot));
}

// a key that the layout read otherwise than decode did
function refuseUnknownKeys(node: CollectionLayout, have: ValueMap, explicit: ReadonlyMap<string, number>): void {
  const known = [...explicit.keys()].every((key) => have.has(key));
  if (!known || node.opaque) throw new UnsupportedEdit('this map cannot be edited: write its keys in the plain form', node.start);
}

function pairSlot(text: string, slot: Slot, node: CollectionLayout, entry: EntryLayout): Slot {
  return { node: entry.value, start: entry.slot, column: node.flow ? undefined : columnOf(text, entry.start), flow: node.flow, path: [...slot.path, entry.key ?? ''] };
}

function addedKeys(want: ValueMap, inherited: ReadonlyMap<string, Value>, explicit: ReadonlyMap<string, number>): Set<string> {
  return new Set([...want.keys()].filter((key) => !explicit.has(key) && !(inherited.has(key) && valuesEqual(inherited.get(key), want.get(key)))));
}

interface NewKeys {
  readonly want: ValueMap;
  readonly added: ReadonlySet<string>;
  readonly explicit: ReadonlyMap<string, number>;
  readonly removed: ReadonlySet<number>;
}

/** In the order of the other text, each behind the nearest key before it there that stays here; keys that it does not have go to the end. */
function insertsOf(job: EditJob, slot: CollectionSlot, keys: NewKeys, hint: Hint | undefined): Insert[] {
  const { entries } = slot.node;
  const order = hint && isMap(hint.value) ? [...hint.value.keys()] : [];
  const mergeEnd = entries.findLastIndex((entry) => entry.merge);
  const lastKept = entries.findLastIndex((_, index) => !keys.removed.has(index));
  const places = new Map<string, number>();
  let after = mergeEnd;
  for (const key of order) {
    const index = keys.explicit.get(key);
    if (index !== undefined && !keys.removed.has(index)) after = Math.max(index, mergeEnd);
    places.set(key, after);
  }
  const added = [...order.filter((key) => keys.added.has(key)), ...[...keys.added].filter((key) => !places.has(key))];
  return added.map((key) => ({ after: places.get(key) ?? lastKept, ...entryText(job, slot.node, newEntry(slot, key, keys.want), entryHint(hint, key)) }));
}

function newEntry(slot: Slot, key: string, want: ValueMap): NewEntry {
  return { key, value: want.get(key) ?? null, path: [...slot.path, key] };
}

function entryHint(hint: Hint | undefined, key: string): EntryHint | undefined {
  const parent = hint?.slot.node;
  if (!hint || !parent || !isCollection(parent) || !isMap(hint.value)) return undefined;
  const entry = parent.entries.find((each) => each.key === key);
  const value = hint.value.get(key);
  return entry && value !== undefined ? { text: hint.text, parent, entry, value } : undefined;
}

function childHint(hint: Hint | undefined, key: string, slot: Slot): Hint | undefined {
  const entry = entryHint(hint, key);
  return entry && { text: entry.text, value: entry.value, slot: { ...pairSlot(entry.text, slot, entry.parent, entry.entry) } };
}
