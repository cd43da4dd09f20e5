import type { Value } from '../model.js';
import { readLayout } from '../layout/read-layout.js';
import { lineBreakOf, withLastBreak } from '../layout/text-lines.js';
import type { DocumentLayout } from '../layout/layout.js';
import { valuesEqual } from '../value/values-equal.js';
import { applyEdits } from './edit.js';
import type { EditJob, Hint, ListLabels, Slot } from './edit-job.js';
import { editNode } from './edit-node.js';

/** A document: its part of the file's text, and what it decodes to. */
export interface DocumentSource {
  readonly text: string;
  readonly value: Value;
}

/**
 * The document's text with as few edits as make it stand for `want`, and a line break at its end: without one, what comes to the last line and what goes from it
 * would touch the same place. New text is taken from `other` where it has the wanted value.
 * @throws UnsupportedEdit where the text cannot be edited without guessing.
 */
export function editDocument(document: DocumentSource, want: Value, labels: ListLabels, other: DocumentSource | undefined): string {
  if (valuesEqual(document.value, want)) return document.text;
  const text = withLastBreak(document.text);
  const layout = readLayout(text);
  const job: EditJob = { text, eol: lineBreakOf(text), edits: [], hasAliases: layout.hasAliases, anchors: new Map(), labels, editNode };
  editNode(job, rootSlot(layout), { have: document.value, want }, other && hintOf(other));
  return applyEdits(text, job.edits);
}

function hintOf({ text, value }: DocumentSource): Hint {
  const whole = withLastBreak(text);
  return { text: whole, slot: rootSlot(readLayout(whole)), value };
}

function rootSlot({ root }: DocumentLayout): Slot {
  return { node: root, start: root.start, column: undefined, flow: false, path: [] };
}
