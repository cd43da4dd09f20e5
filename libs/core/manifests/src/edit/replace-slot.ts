import type { Value } from '../model.js';
import { isCollection } from '../layout/layout.js';
import { columnOf, lineEnd, lineIndent, shiftLines } from '../layout/text-lines.js';
import { UnsupportedEdit } from '../layout/unsupported-edit.js';
import { isList, isMap } from '../value/values-equal.js';
import type { EditJob, Hint, Slot } from './edit-job.js';
import { renderBlock, renderFlow } from './render.js';
import { scalarText, type Scalar } from './scalar-text.js';
import { otherText } from './other-text.js';

/** Puts another value in the place of a node as a whole. */
export function replaceSlot(job: EditJob, slot: Slot, want: Value, hint: Hint | undefined): void {
  const { node } = slot;
  if (node.tagged) throw new UnsupportedEdit('a tagged value cannot be changed: remove the tag', node.start);
  if (isCollection(node) && node.anchored) throw new UnsupportedEdit('a value with an anchor cannot be replaced', node.start);
  if (slot.flow) return replaceInFlow(job, slot, want, hint);
  if (isMap(want) || isList(want)) return replaceByCollection(job, slot, want, hint);
  replaceByScalar(job, slot, want, hint);
}

function replaceByScalar(job: EditJob, slot: Slot, want: Scalar, hint: Hint | undefined): void {
  if (slot.column === undefined || !hint || !isBlockScalar(hint)) return replaceByLine(job, slot, scalarText(slot, want, hint));
  replaceByLines(job, slot, otherText(job, hint, want, { from: hint.slot.start }), slot.column - (hint.slot.column ?? 0));
}

function isBlockScalar({ slot: { node } }: Hint): boolean {
  return node.type === 'scalar' && node.style === 'block' && node.portable;
}

// an anchor in front of a scalar stays where it is
function replaceByLine(job: EditJob, { node, start, column }: Slot, text: string): void {
  const fromIndicator = column !== undefined && (isCollection(node) ? !node.flow : node.type === 'scalar' && node.style === 'empty');
  const from = fromIndicator && isCollection(node) ? start : node.start;
  job.edits.push({ start: from, end: node.end, text: fromIndicator ? ` ${text}` : text });
}

function replaceInFlow(job: EditJob, slot: Slot, want: Value, hint: Hint | undefined): void {
  const { node } = slot;
  const text = isMap(want) || isList(want) ? flowText(job, node.start, want, hint) : scalarText(slot, want, hint);
  const empty = node.type === 'scalar' && node.style === 'empty';
  if (empty && job.text[slot.start - 1] !== ':') throw new UnsupportedEdit('a key without a value between brackets cannot be changed', node.start);
  job.edits.push({ start: node.start, end: node.end, text: empty ? ` ${text}` : text });
}

function flowText(job: EditJob, offset: number, want: Value, hint: Hint | undefined): string {
  const node = hint?.slot.node;
  const usable = hint && node && isCollection(node) && node.flow && !node.commented && node.portable;
  if (!usable) return renderFlow(want);
  return shiftLines(otherText(job, hint, want, { from: node.start }), lineIndent(job.text, offset) - lineIndent(hint.text, node.start), job.eol);
}

function replaceByCollection(job: EditJob, slot: Slot, want: Value, hint: Hint | undefined): void {
  const { column } = slot;
  if (column === undefined) return replaceRoot(job, slot, want, hint);
  const theirs = hint && blockColumn(hint);
  if (hint && theirs !== undefined) return replaceByLines(job, slot, otherText(job, hint, want, { from: hint.slot.start }), column - theirs);
  if (isEmpty(want)) return replaceByLine(job, slot, renderFlow(want));
  replaceByLines(job, slot, `\n${indented(renderBlock(want))}`, column);
}

/** A document that becomes empty, or was. */
function replaceRoot(job: EditJob, { node }: Slot, want: Value, hint: Hint | undefined): void {
  if (isEmpty(want)) {
    job.edits.push({ start: node.start, end: node.end, text: renderFlow(want) });
    return;
  }
  if (!isCollection(node) || node.entries.length > 0 || node.commented) throw new UnsupportedEdit('the document changed its kind as a whole', node.start);
  const lines = shiftLines(rootText(job, want, hint), columnOf(job.text, node.start) - (hint ? columnOf(hint.text, hint.slot.node.start) : 0), job.eol);
  const end = lineEnd(job.text, node.end);
  const comment = job.text.slice(node.end, end).trim();
  job.edits.push({ start: node.start, end, text: comment === '' ? lines : `${comment}${job.eol}${' '.repeat(columnOf(job.text, node.start))}${lines}` });
}

function rootText(job: EditJob, want: Value, hint: Hint | undefined): string {
  const usable = hint !== undefined && isCollection(hint.slot.node) && hint.slot.node.portable;
  return usable ? otherText(job, hint, want, { from: hint.slot.node.start }) : renderBlock(want);
}

// of a collection outside of brackets whose lines can be taken over
function blockColumn({ slot: { node, column, flow } }: Hint): number | undefined {
  return !flow && isCollection(node) && node.portable ? column : undefined;
}

function isEmpty(value: Value): boolean {
  return isMap(value) ? value.size === 0 : isList(value) && value.length === 0;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

/** Fills the whole slot; a comment behind the old value moves to the first line, where it cannot become part of a text. */
function replaceByLines(job: EditJob, { node, start }: Slot, text: string, by: number): void {
  const lines = shiftLines(text, by, job.eol);
  const end = lineEnd(job.text, node.end);
  const comment = job.text.slice(node.end, end).trim();
  const firstEnd = lines.indexOf(job.eol);
  if (firstEnd < 0 || comment === '') {
    job.edits.push({ start, end: node.end, text: lines });
    return;
  }
  const first = lines.slice(0, firstEnd);
  job.edits.push({ start, end, text: `${first}${first.includes('#') ? '' : ` ${comment}`}${lines.slice(firstEnd)}` });
}
