import type { Value } from '../model.js';
import type { CollectionLayout, NodeLayout } from '../layout/layout.js';
import type { Path } from '../value/path.js';
import type { Edit } from './edit.js';

/** One text that is being edited. */
export interface EditJob {
  readonly text: string;
  readonly eol: string;
  readonly edits: Edit[];
  /** Without aliases, a node whose value stays needs no look. */
  readonly hasAliases: boolean;
  /** What each anchor will stand for, as far as the walk has come. */
  readonly anchors: Map<string, Value>;
  /** What tells the items of a list apart; `undefined` when the list is one value. */
  readonly labels: ListLabels;
  readonly editNode: EditNode;
}

export type ListLabels = (path: Path, list: readonly Value[]) => readonly string[] | undefined;
export type EditNode = (job: EditJob, slot: Slot, change: Change, hint: Hint | undefined) => void;

/** The place of a node in the text that is edited. */
export interface Slot {
  readonly node: NodeLayout;
  /** Behind the colon or dash. */
  readonly start: number;
  /** Of the key or dash; `undefined` for the document itself. */
  readonly column: number | undefined;
  /** Inside of brackets. */
  readonly flow: boolean;
  readonly path: Path;
}

/** A slot with a map or list in it. */
export interface CollectionSlot extends Slot {
  readonly node: CollectionLayout;
}

export interface Change {
  readonly have: Value;
  readonly want: Value;
}

/** The same node in the other text, where new text is taken from. */
export interface Hint {
  readonly text: string;
  readonly slot: Slot;
  readonly value: Value;
}
