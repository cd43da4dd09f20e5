import type { Value } from '../model.js';
import { isCollection, type CollectionLayout, type EntryLayout, type NodeLayout } from '../layout/layout.js';
import { columnOf, isFirstOnLine, lineEnd, lineIndent, lineStart, shiftLines } from '../layout/text-lines.js';
import type { Path } from '../value/path.js';
import type { EditJob, Hint } from './edit-job.js';
import { otherText } from './other-text.js';
import { doubleQuoted, readsAs, renderBlock, renderFlow } from './render.js';
import { leadingStart, type Insert } from './splice-entries.js';

/** An entry of the collection in the other text. */
export interface EntryHint {
  readonly text: string;
  readonly parent: CollectionLayout;
  readonly entry: EntryLayout;
  readonly value: Value;
}

/** A pair (with a key) or an item (without) that is to be added. */
export interface NewEntry {
  readonly key: string | undefined;
  readonly value: Value;
  readonly path: Path;
}

type NewText = Omit<Insert, 'after'>;

/** The text of a new entry: the other text's lines, moved to this collection's column, or else rendered. */
export function entryText(job: EditJob, node: CollectionLayout, entry: NewEntry, hint: EntryHint | undefined): NewText {
  if (node.flow) return { text: flowEntry(job, node, entry, hint), comments: [] };
  if (hint && !hint.parent.flow && isPortable(hint)) return blockEntry(job, node, entry, hint);
  const rendered = renderBlock(entry.key === undefined ? [entry.value] : new Map([[entry.key, entry.value]]));
  return { text: shiftLines(rendered, node.column, job.eol), comments: [] };
}

function isPortable({ entry, text }: EntryHint): boolean {
  return entry.value.portable && !/[&!]/.test(text.charAt(entry.start));
}

function blockEntry(job: EditJob, node: CollectionLayout, entry: NewEntry, hint: EntryHint): NewText {
  const { column } = hint.parent;
  const lines = otherText(job, hintOf(hint, entry.path), entry.value, { from: hint.entry.start, to: lineEnd(hint.text, hint.entry.value.end) });
  return { text: shiftLines(lines, node.column - column, job.eol), comments: commentsAbove(hint, column) };
}

function commentsAbove({ text, entry }: EntryHint, column: number): string[] {
  if (!isFirstOnLine(text, entry.start)) return [];
  const start = leadingStart(text, entry, column);
  return text
    .slice(start, lineStart(text, entry.start))
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function flowEntry(job: EditJob, node: CollectionLayout, { key, value, path }: NewEntry, hint: EntryHint | undefined): string {
  const text = hint ? flowValue(job, node, value, hintOf(hint, path)) : renderFlow(value);
  return key === undefined ? text : `${flowKey(job.text, node, key)}: ${text}`;
}

// in the quotes that its neighbours have
function flowKey(text: string, node: CollectionLayout, key: string): string {
  const first = node.entries[0];
  const quoted = first !== undefined && text[first.start] === '"';
  return !quoted && readsAs(key, key, true) ? key : doubleQuoted(key);
}

function flowValue(job: EditJob, node: CollectionLayout, value: Value, hint: Hint): string {
  const from = hint.slot.node;
  if (!from.portable || !fitsBrackets(from, hint.slot.flow)) return renderFlow(value);
  const first = node.entries[0];
  const by = first === undefined ? 0 : columnOf(job.text, first.start) - lineIndent(hint.text, from.start);
  return shiftLines(otherText(job, hint, value, { from: from.start }), by, job.eol);
}

function fitsBrackets(node: NodeLayout, inBrackets: boolean): boolean {
  if (isCollection(node)) return node.flow && !node.commented;
  return inBrackets && node.type === 'scalar' && node.style !== 'empty';
}

function hintOf({ text, parent, entry, value }: EntryHint, path: Path): Hint {
  return { text, value, slot: { node: entry.value, start: entry.slot, column: parent.flow ? undefined : columnOf(text, entry.start), flow: parent.flow, path } };
}
