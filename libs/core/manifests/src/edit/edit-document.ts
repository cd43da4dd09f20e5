import type { Value } from '../model.js';
import { readLayout } from '../layout/read-layout.js';
import { lineBreakOf } from '../layout/text-lines.js';
import type { DocumentLayout } from '../layout/layout.js';
import { valuesEqual } from '../value/values-equal.js';
import { applyEdits } from './edit.js';
import type { EditJob, ListLabels, Slot } from './edit-job.js';
import { editNode } from './edit-node.js';

/** A document: its part of the file's text, and what it decodes to. */
export interface DocumentSource {
  readonly text: string;
  readonly value: Value;
}

/**
 * The document's text with as few edits as make it stand for `want`. New text is taken from `other` where it has the wanted value.
 * @throws UnsupportedEdit where the text cannot be edited without guessing.
 */
export function editDocument(document: DocumentSource, want: Value, labels: ListLabels, other: DocumentSource | undefined): string {
  if (valuesEqual(document.value, want)) return document.text;
  const layout = readLayout(document.text);
  const job: EditJob = { text: document.text, eol: lineBreakOf(document.text), edits: [], hasAliases: layout.hasAliases, anchors: new Map(), labels, editNode };
  const hint = other && { text: other.text, slot: rootSlot(readLayout(other.text)), value: other.value };
  editNode(job, rootSlot(layout), { have: document.value, want }, hint);
  return applyEdits(document.text, job.edits);
}

function rootSlot({ root }: DocumentLayout): Slot {
  return { node: root, start: root.start, column: undefined, flow: false, path: [] };
}
