import type { CollectionLayout, EntryLayout } from '../layout/layout.js';
import { columnOf, commentColumn, isFirstOnLine, lineEnd, lineStart, nextLine } from '../layout/text-lines.js';
import { UnsupportedEdit } from '../layout/unsupported-edit.js';
import type { EditJob } from './edit-job.js';

/** A new pair or item. */
export interface Insert {
  /** The index of the kept entry that it goes behind; -1: in front of all. */
  readonly after: number;
  /** The first line without its indentation, the others with. */
  readonly text: string;
  /** Whole lines above it, without their indentation. */
  readonly comments: readonly string[];
}

/** Removes and adds entries of a collection that has at least one and keeps one, or gets one. */
export function spliceEntries(job: EditJob, node: CollectionLayout, removed: ReadonlySet<number>, inserts: readonly Insert[]): void {
  if (removed.size === 0 && inserts.length === 0) return;
  if (node.opaque) throw new UnsupportedEdit('entries cannot be added or removed here', node.start);
  for (const index of removed) refuseAnchor(node.entries[index]);
  if (node.flow) spliceFlow(job, node, removed, inserts);
  else spliceBlock(job, node, removed, inserts);
}

function refuseAnchor(entry: EntryLayout | undefined): void {
  if (entry?.value.anchored) throw new UnsupportedEdit('an entry with an anchor cannot be removed', entry.start);
}

/** Where an entry's lines start, with the comments right above it in its column. */
export function leadingStart(text: string, { start }: EntryLayout, column: number): number {
  let line = lineStart(text, start);
  while (line > 0) {
    const above = lineStart(text, line - 1);
    if (commentColumn(text, above) !== column) break;
    line = above;
  }
  return line;
}

// past the comment in its last line, and those below that are indented deeper than the entry
function trailingEnd(text: string, entry: EntryLayout, column: number): number {
  let end = lineEnd(text, entry.value.end);
  for (let next = nextLine(text, end); next < text.length && (commentColumn(text, next) ?? -1) > column; next = nextLine(text, end)) end = lineEnd(text, next);
  return end;
}

function spliceBlock(job: EditJob, node: CollectionLayout, removed: ReadonlySet<number>, inserts: readonly Insert[]): void {
  const indent = ' '.repeat(node.column);
  const firstKept = node.entries.findIndex((_, index) => !removed.has(index));
  if (firstKept < 0) return replaceBlock(job, node, inserts);
  for (const insert of inserts) {
    const entry = node.entries[insert.after];
    if (entry === undefined) insertInFront(job, node, insert);
    else job.edits.push(at(nextLine(job.text, trailingEnd(job.text, entry, node.column)), [...insert.comments, insert.text].map((line) => indent + line + job.eol).join('')));
  }
  for (const [start, end] of united(removals(job.text, node, removed, firstKept))) job.edits.push({ start, end, text: '' });
}

/** All entries go, with the comments above, behind and below them. Behind a dash there is no room for comments. */
function replaceBlock(job: EditJob, { entries, column, start: firstStart }: CollectionLayout, inserts: readonly Insert[]): void {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return;
  const behindDash = !isFirstOnLine(job.text, first.start);
  const lines = inserts.flatMap(({ comments, text }, index) => (behindDash && index === 0 ? [text] : [...comments, text]));
  const indent = ' '.repeat(column);
  const start = behindDash ? firstStart : afterMark(job.text, leadingStart(job.text, first, column));
  job.edits.push({ start, end: trailingEnd(job.text, last, column), text: (behindDash ? '' : indent) + lines.join(job.eol + indent) });
}

function insertInFront(job: EditJob, { entries, column }: CollectionLayout, insert: Insert): void {
  const [first] = entries;
  if (first === undefined) return;
  const indent = ' '.repeat(column);
  if (!isFirstOnLine(job.text, first.start)) job.edits.push(at(first.start, `${insert.text}${job.eol}${indent}`));
  else job.edits.push(at(afterMark(job.text, leadingStart(job.text, first, column)), [...insert.comments, insert.text].map((line) => indent + line + job.eol).join('')));
}

function afterMark(text: string, offset: number): number {
  return text.charCodeAt(offset) === 0xfeff ? offset + 1 : offset;
}

function at(offset: number, text: string): { start: number; end: number; text: string } {
  return { start: offset, end: offset, text };
}

function removals(text: string, node: CollectionLayout, removed: ReadonlySet<number>, firstKept: number): [number, number][] {
  const [first] = node.entries;
  const keptStart = node.entries[firstKept]?.start ?? 0;
  const behindDash = first !== undefined && firstKept > 0 && !isFirstOnLine(text, first.start);
  const ranges: [number, number][] = behindDash ? [[first.start, keptStart]] : [];
  for (const index of removed) {
    const entry = node.entries[index];
    if (entry !== undefined && !(behindDash && index < firstKept)) ranges.push(linesOf(text, entry, node.column));
  }
  return ranges;
}

function linesOf(text: string, entry: EntryLayout, column: number): [number, number] {
  return [afterMark(text, leadingStart(text, entry, column)), nextLine(text, trailingEnd(text, entry, column))];
}

function united(ranges: readonly [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

function spliceFlow(job: EditJob, node: CollectionLayout, removed: ReadonlySet<number>, inserts: readonly Insert[]): void {
  if (node.commented) throw new UnsupportedEdit('entries between brackets cannot be added or removed beside comments', node.start);
  const [first] = node.entries;
  const last = node.entries.at(-1);
  if (first === undefined || last === undefined) return;
  const ownLines = job.text.slice(node.start, first.start).includes('\n');
  const separator = ownLines ? `,${job.eol}${' '.repeat(columnOf(job.text, first.start))}` : ', ';
  if (removed.size === node.entries.length) {
    const text = inserts.map((insert) => insert.text).join(separator);
    job.edits.push({ start: first.start, end: last.value.end, text });
    return;
  }
  for (const insert of inserts) {
    const entry = node.entries[insert.after];
    job.edits.push(entry === undefined ? at(first.start, insert.text + separator) : at(entry.value.end, separator + insert.text));
  }
  for (const [from, to] of flowRuns(node.entries, removed)) job.edits.push({ start: from, end: to, text: '' });
}

// a run of removed entries goes with the comma behind it, or, at the end, with the one before
function flowRuns(entries: readonly EntryLayout[], removed: ReadonlySet<number>): [number, number][] {
  const firsts = [...removed].filter((index) => !removed.has(index - 1));
  return firsts.map((from) => {
    const to = entries.findIndex((_, index) => index > from && !removed.has(index));
    const end = entries.at(-1)?.value.end ?? 0;
    return to < 0 ? [entries[from - 1]?.value.end ?? 0, end] : [entries[from]?.start ?? 0, entries[to]?.start ?? end];
  });
}
