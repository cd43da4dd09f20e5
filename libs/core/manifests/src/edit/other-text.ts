import type { Value } from '../model.js';
import { valuesEqual } from '../value/values-equal.js';
import type { EditJob, Hint } from './edit-job.js';
import { applyEdits } from './edit.js';

/** A range of the other text that holds a node (up to its end unless told), changed so that the node stands for `want`. */
export function otherText(job: EditJob, hint: Hint, want: Value, range: { readonly from: number; readonly to?: number }): string {
  const { from, to = hint.slot.node.end } = range;
  if (valuesEqual(hint.value, want)) return hint.text.slice(from, to);
  const other: EditJob = { ...job, text: hint.text, edits: [], hasAliases: false, anchors: new Map() };
  job.editNode(other, hint.slot, { have: hint.value, want }, undefined);
  // an entry that goes from the end takes its line break along: the one before it is then behind the range
  const end = Math.max(to, ...other.edits.map((edit) => edit.end));
  const text = applyEdits(hint.text, other.edits, from, end);
  return end > to ? text.replace(/\r?\n$/, '') : text;
}
