import type { Value } from '../model.js';
import { isCollection, type CollectionLayout, type EntryLayout } from '../layout/layout.js';
import { columnOf } from '../layout/text-lines.js';
import { UnsupportedEdit } from '../layout/unsupported-edit.js';
import { alignItems } from '../merge/align-items.js';
import { isList, valuesEqual } from '../value/values-equal.js';
import type { CollectionSlot, EditJob, Hint, Slot } from './edit-job.js';
import { entryText, type EntryHint } from './entry-text.js';
import { replaceSlot } from './replace-slot.js';
import { spliceEntries, type Insert } from './splice-entries.js';

interface Lists {
  readonly have: readonly Value[];
  readonly want: readonly Value[];
}

/** Edits the items of a list. */
export function editList(job: EditJob, slot: CollectionSlot, lists: Lists, hint: Hint | undefined): void {
  const { node } = slot;
  const { have, want } = lists;
  if (have.length === 0 && want.length === 0) return;
  if (have.length === 0 || want.length === 0) return replaceSlot(job, slot, want, hint);
  if (node.opaque || node.entries.length !== have.length) throw new UnsupportedEdit('this list cannot be edited', node.start);
  const labels = { have: job.labels(slot.path, have), want: job.labels(slot.path, want) };
  const partners = partnersOf(lists, labels);
  const theirs = hintsFor(job, slot, { want, labels: labels.want }, hint);
  const kept = new Set(partners);
  const removed = new Set([...have.keys()].filter((index) => !kept.has(index)));
  const inserts = want.flatMap((value, index): Insert[] => {
    const partner = partners[index];
    const path = [...slot.path, { item: labels.want?.[index] ?? String(index) }];
    if (partner === undefined) return [{ after: lastBefore(partners, index), ...entryText(job, node, { key: undefined, value, path }, theirs[index]) }];
    editItem(job, { node, index: partner, path, change: { have: have[partner] ?? null, want: value } }, theirs[index]);
    return [];
  });
  spliceEntries(job, node, removed, inserts);
}

function lastBefore(partners: readonly (number | undefined)[], index: number): number {
  return partners.slice(0, index).findLast((partner) => partner !== undefined) ?? -1;
}

interface Item {
  readonly node: CollectionLayout;
  readonly index: number;
  readonly path: Slot['path'];
  readonly change: { readonly have: Value; readonly want: Value };
}

function editItem(job: EditJob, { node, index, path, change }: Item, hint: EntryHint | undefined): void {
  const entry = node.entries[index];
  if (entry === undefined) return;
  const theirs = hint && { text: hint.text, value: hint.value, slot: itemSlot(hint.text, hint.parent, hint.entry, path) };
  job.editNode(job, itemSlot(job.text, node, entry, path), change, theirs);
}

function itemSlot(text: string, node: CollectionLayout, entry: EntryLayout, path: Slot['path']): Slot {
  return { node: entry.value, start: entry.slot, column: node.flow ? undefined : columnOf(text, entry.start), flow: node.flow, path };
}

interface Labels {
  readonly have: readonly string[] | undefined;
  readonly want: readonly string[] | undefined;
}

/** For each wanted item the index of the one that becomes it. Items in another order than before have no partners: the list is written anew. */
function partnersOf({ have, want }: Lists, labels: Labels): (number | undefined)[] {
  if (labels.have === undefined || labels.want === undefined) return alignItems(have.length, want.length, (before, after) => valuesEqual(have[before], want[after]));
  const partners = labels.want.map((label) => indexOf(labels.have, label));
  const known = partners.filter((partner) => partner !== undefined);
  return known.every((partner, index) => index === 0 || partner > (known[index - 1] ?? -1)) ? partners : partners.map(() => undefined);
}

function indexOf(labels: readonly string[] | undefined, label: string): number | undefined {
  const index = labels?.indexOf(label) ?? -1;
  return index < 0 ? undefined : index;
}

/** For each wanted item the other text's: by label, or by index in a list that is taken over whole. */
function hintsFor(job: EditJob, slot: Slot, { want, labels }: { want: readonly Value[]; labels: readonly string[] | undefined }, hint: Hint | undefined): (EntryHint | undefined)[] {
  const parent = hint?.slot.node;
  if (!hint || !parent || !isCollection(parent) || !isList(hint.value) || parent.opaque || parent.entries.length !== hint.value.length) return [];
  const { text, value } = hint;
  const theirs = job.labels(slot.path, value);
  return want.map((_, index) => {
    const at = labels && theirs ? indexOf(theirs, labels[index] ?? '') : want.length === value.length ? index : undefined;
    const entry = at === undefined ? undefined : parent.entries[at];
    return entry && { text, parent, entry, value: value[at ?? 0] ?? null };
  });
}
