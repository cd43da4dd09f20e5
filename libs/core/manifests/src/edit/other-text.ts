import type { Value } from '../model.js';
import { valuesEqual } from '../value/values-equal.js';
import type { EditJob, Hint } from './edit-job.js';
import { applyEdits } from './edit.js';

/** The other text of a node, from an offset before it, changed to stand for `want`. */
export function otherText(job: EditJob, hint: Hint, from: number, want: Value, to = hint.slot.node.end): string {
  if (valuesEqual(hint.value, want)) return hint.text.slice(from, to);
  const other: EditJob = { ...job, text: hint.text, edits: [], hasAliases: false, anchors: new Map() };
  job.editNode(other, hint.slot, { have: hint.value, want }, undefined);
  return applyEdits(hint.text, other.edits, from, to);
}
