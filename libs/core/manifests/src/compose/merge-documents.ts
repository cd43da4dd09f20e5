import type { ComposeConflict, ComposeFileInput, ComposeNote, Value } from '../model.js';
import { identityOf, kindOf } from '../value/identity.js';
import { mergeNode } from '../merge/merge-node.js';
import type { MergeContext } from '../merge/merge-context.js';
import type { Resolution } from '../merge/resolution.js';
import { interleave } from '../merge/merge-order.js';
import { ownedBelow } from '../merge/ownership.js';
import type { KeyedDocuments } from './document-set.js';

/** The three versions of a file, document by document. */
export interface KeyedSides {
  readonly base: KeyedDocuments;
  readonly source: KeyedDocuments;
  readonly target: KeyedDocuments;
}

export interface MergedDocuments {
  /** In the order that they are to have in the file. */
  readonly documents: ReadonlyMap<string, Value>;
  readonly conflicts: readonly ComposeConflict[];
  readonly notes: readonly ComposeNote[];
}

/** `resolutions`: how somebody has resolved conflicts, by the keys of the documents. */
export function mergeDocuments(input: ComposeFileInput, sides: KeyedSides, resolutions: ReadonlyMap<string, Resolution> = new Map()): MergedDocuments {
  const conflicts: ComposeConflict[] = [];
  const notes: ComposeNote[] = [];
  const merged = new Map<string, Value>();
  for (const key of interleave([...sides.target.keys()], [...sides.source.keys()])) {
    const [base, source, target] = [sides.base, sides.source, sides.target].map((documents) => documents.get(key)?.value);
    const shown = target ?? source;
    const kind = [base, source, target].map(kindOf).includes('Secret') ? 'Secret' : kindOf(shown);
    const object = identityOf(shown);
    const resolution = resolutions.get(key);
    const context: MergeContext = { file: input.path, kind, roots: [base, source, target], owned: input.owned, conflicts, notes, ...(object && { object }), ...(resolution && { resolution }) };
    const value = mergeNode(context, { path: [], tails: ownedBelow(input.owned, kind) }, { base, source, target });
    if (value !== undefined) merged.set(key, value);
  }
  return { documents: merged, conflicts, notes };
}
