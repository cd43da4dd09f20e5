import type { Value, ValueMap } from '../model.js';
import { isCollection, type CollectionLayout, type EntryLayout } from '../layout/layout.js';
import { columnOf } from '../layout/text-lines.js';
import { UnsupportedEdit } from '../layout/unsupported-edit.js';
import { isMap, valuesEqual } from '../value/values-equal.js';
import type { EditJob, Hint, Slot } from './edit-job.js';
import { entryText, type EntryHint } from './entry-text.js';
import { inheritedKeys } from './inherited-keys.js';
import { replaceSlot } from './replace-slot.js';
import { spliceEntries, type Insert } from './splice-entries.js';

/** Edits the pairs of a map; `node` is the layout of the slot's node. */
export function editMap(job: EditJob, slot: Slot, node: CollectionLayout, maps: { have: ValueMap; want: ValueMap }, hint: Hint | undefined): void {
  const { have, want } = maps;
  if (want.size === 0 || node.entries.length === 0) return valuesEqual(have, want) ? undefined : replaceSlot(job, slot, want, hint);
  const removed = new Set<number>();
  const explicit = new Map<string, number>();
  for (const [index, entry] of node.entries.entries()) {
    if (entry.key === undefined) continue;
    explicit.set(entry.key, index);
    const [before, after] = [have.get(entry.key), want.get(entry.key)];
    if (after === undefined) removed.add(index);
    else if (before !== undefined) job.editNode(job, pairSlot(job.text, slot, node, entry), { have: before, want: after }, childHint(hint, entry.key, slot));
  }
  refuseUnknownKeys(node, have, explicit);
  const added = addedKeys(job, node, maps, explicit);
  spliceEntries(job, node, removed, insertsOf(job, slot, node, { want, added, explicit, removed }, hint));
}

// a key that the layout read otherwise than decode did
function refuseUnknownKeys(node: CollectionLayout, have: ValueMap, explicit: ReadonlyMap<string, number>): void {
  const known = [...explicit.keys()].every((key) => have.has(key));
  if (!known || node.opaque) throw new UnsupportedEdit('this map cannot be edited: write its keys in the plain form', node.start);
}

function pairSlot(text: string, slot: Slot, node: CollectionLayout, entry: EntryLayout): Slot {
  return { node: entry.value, start: entry.slot, column: node.flow ? undefined : columnOf(text, entry.start), flow: node.flow, path: [...slot.path, entry.key ?? ''] };
}

function addedKeys(job: EditJob, node: CollectionLayout, { have, want }: { have: ValueMap; want: ValueMap }, explicit: ReadonlyMap<string, number>): Set<string> {
  const missing = [...want.keys()].filter((key) => !explicit.has(key));
  if (!node.entries.some((entry) => entry.merge)) return new Set(missing);
  const inherited = inheritedKeys(job, node, have, explicit);
  const gone = [...inherited.keys()].some((key) => !want.has(key));
  if (gone) throw new UnsupportedEdit('a key that comes by "<<" cannot be removed', node.start);
  return new Set(missing.filter((key) => !valuesEqual(inherited.get(key), want.get(key))));
}

interface NewKeys {
  readonly want: ValueMap;
  readonly added: ReadonlySet<string>;
  readonly explicit: ReadonlyMap<string, number>;
  readonly removed: ReadonlySet<number>;
}

/** In the order of the other text, each behind the nearest key before it there that stays here. */
function insertsOf(job: EditJob, slot: Slot, node: CollectionLayout, keys: NewKeys, hint: Hint | undefined): Insert[] {
  const order = hint && isMap(hint.value) ? [...hint.value.keys()] : [];
  const mergeEnd = node.entries.findLastIndex((entry) => entry.merge);
  const inserts: Insert[] = [];
  let after = mergeEnd;
  for (const key of order) {
    const index = keys.explicit.get(key);
    if (index !== undefined && !keys.removed.has(index)) after = Math.max(index, mergeEnd);
    if (keys.added.has(key)) inserts.push(insertOf(job, slot, node, { key, value: keys.want.get(key) ?? null, after }, hint));
  }
  const lastKept = node.entries.findLastIndex((_, index) => !keys.removed.has(index));
  for (const key of keys.added) if (!order.includes(key)) inserts.push(insertOf(job, slot, node, { key, value: keys.want.get(key) ?? null, after: lastKept }, undefined));
  return inserts;
}

function insertOf(job: EditJob, slot: Slot, node: CollectionLayout, { key, value, after }: { key: string; value: Value; after: number }, hint: Hint | undefined): Insert {
  return { after, ...entryText(job, node, { key, value, slot: { path: [...slot.path, key] } }, entryHint(hint, key)) };
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
