import type { ComposeFileInput, ComposeFileOutcome, FileVersion, Value } from '../model.js';
import { ManifestError } from '../decode/manifest-error.js';
import { UnsupportedEdit } from '../layout/unsupported-edit.js';
import { kindOf } from '../value/identity.js';
import { valuesEqual } from '../value/values-equal.js';
import { ownedBelow } from '../merge/ownership.js';
import { assembleText, decodesTo, type AssembledText, type KeyedFile } from './assemble-text.js';
import { carryComments } from './carry-comments.js';
import { composeLines } from './compose-lines.js';
import { keyDocuments, readDocuments, type DocumentSet } from './document-set.js';
import { bytesOf, mergeModes, sameBytes, sameFile, textOf } from './file-version.js';
import { mergeDocuments, type MergedDocuments } from './merge-documents.js';
import { conflicting, fileConflict, take, wholeFileConflict, write } from './outcome.js';
import { readResolutions } from './read-resolutions.js';

interface Sets {
  readonly base: DocumentSet;
  readonly source: DocumentSet;
  readonly target: DocumentSet;
}
type Files = Readonly<Record<keyof Sets, KeyedFile>>;

/** Composes a YAML or JSON file whose three versions differ, document by document and field by field. */
export function composeStructured(input: ComposeFileInput): ComposeFileOutcome {
  const sets = readAll(input);
  if ('kind' in sets) return sets;
  const keyed = keyDocuments([sets.base, sets.source, sets.target]);
  const [base, source, target] = keyed ?? [];
  if (base === undefined || source === undefined || target === undefined) return composeUnkeyed(input, sets);
  const merged = mergeDocuments(input, { base, source, target }, readResolutions(input));
  const outcome = writeMerged(input, merged, { base: { set: sets.base, byKey: base }, source: { set: sets.source, byKey: source }, target: { set: sets.target, byKey: target } });
  return merged.conflicts.length > 0 ? conflicting(merged.conflicts, outcome) : outcome;
}

function readAll(input: ComposeFileInput): Sets | ComposeFileOutcome {
  const read: Partial<Record<keyof Sets, DocumentSet>> = {};
  for (const side of ['base', 'source', 'target'] as const) {
    try {
      read[side] = readDocuments(input[side]);
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      return unreadable(input, side, error);
    }
  }
  return read as Sets;
}

function unreadable(input: ComposeFileInput, side: keyof Sets, error: ManifestError): ComposeFileOutcome {
  const { path, template, base, source, target } = input;
  if (template === true) return sameFile(target, base) ? take(source) : composeLines(input);
  // what cannot be read in the target came from the source, which has replaced it
  if (side === 'base' && sameFile(target, base) && (source === undefined || isReadable(source))) return take(source);
  const reason = error.reason === 'limit' ? 'limit' : 'unparsable';
  return { kind: 'conflict', conflicts: [{ path, reason, message: `the ${side}'s version cannot be read: ${error.message}`, line: error.line, column: error.column }] };
}

function isReadable(file: FileVersion): boolean {
  try {
    readDocuments(file);
    return true;
  } catch {
    return false;
  }
}

// documents that cannot be told apart: the file is one value
function composeUnkeyed(input: ComposeFileInput, { base, source, target }: Sets): ComposeFileOutcome {
  const values = ({ documents }: DocumentSet): Value[] => documents.map(({ value }) => value);
  const ownsSome = [base, source, target].some((set) => values(set).some((value) => ownedBelow(input.owned, kindOf(value)).length > 0));
  if (valuesEqual(values(source), values(base)) || valuesEqual(values(source), values(target))) return { kind: 'unchanged' };
  if (!ownsSome && valuesEqual(values(target), values(base))) return take(input.source);
  return wholeFileConflict(input, 'both-changed', 'the file has objects that share an identity or use generateName, so that only the whole file could be taken: name them apart');
}

function writeMerged(input: ComposeFileInput, merged: MergedDocuments, files: Files): ComposeFileOutcome {
  const { source, target } = input;
  if (merged.documents.size === 0 && (!target || !source)) return { kind: target ? 'delete' : 'unchanged' };
  const mode = modeOf(input);
  if (target && holds(files.target, merged)) return sameOrExplained(input, target, merged, mode);
  const fromSource = startsFromSource(input);
  if (source && fromSource && holds(files.source, merged)) return write({ mode, bytes: source.bytes }, merged.notes);
  return writeEdited(input, merged, files, { mode, fromSource });
}

/** The target has every value already: at most comments and the mode are new. */
function sameOrExplained(input: ComposeFileInput, target: FileVersion, merged: MergedDocuments, mode: string): ComposeFileOutcome {
  const text = textOf(target) ?? '';
  // without a record of an earlier promotion the target stands for the base, and comments that differ are each one's own
  const after = startsFromSource(input) ? text : explained(input, { text, documents: [...merged.documents.values()] });
  return after === text && mode === target.mode ? { kind: 'unchanged' } : write({ mode, bytes: after === text ? target.bytes : bytesOf(after) }, merged.notes);
}

function writeEdited(input: ComposeFileInput, merged: MergedDocuments, files: Files, { mode, fromSource }: { mode: string; fromSource: boolean }): ComposeFileOutcome {
  const [mine, other] = fromSource ? [files.source, files.target] : [files.target, files.source];
  const assembled = assemble(input.path, mine, merged, other);
  return 'kind' in assembled ? assembled : write({ mode, bytes: bytesOf(fromSource ? assembled.text : explained(input, assembled)) }, merged.notes);
}

/** The text with the source's changes of comments, if it still means the same with them. */
function explained({ base, source }: ComposeFileInput, assembled: AssembledText): string {
  if (base === undefined || source === undefined) return assembled.text;
  const text = carryComments({ base: textOf(base) ?? '', source: textOf(source) ?? '', composed: assembled.text });
  return text !== undefined && decodesTo({ ...assembled, text }) ? text : assembled.text;
}

function modeOf({ base, source, target }: ComposeFileInput): string {
  return source && target ? mergeModes(base?.mode, source.mode, target.mode) : ((source ?? target)?.mode ?? '');
}

// where the target has the base's text, the source's is wanted, less what the environment owns
function startsFromSource({ base, source, target }: ComposeFileInput): boolean {
  if (source === undefined) return false;
  return target === undefined || (base !== undefined && sameBytes(target.bytes, base.bytes));
}

function holds(file: KeyedFile, { documents }: MergedDocuments): boolean {
  return file.byKey.size === documents.size && [...documents].every(([key, value]) => valuesEqual(file.byKey.get(key)?.value, value));
}

function assemble(path: string, mine: KeyedFile, merged: MergedDocuments, other: KeyedFile): AssembledText | ComposeFileOutcome {
  try {
    const assembled = assembleText(path, mine, merged.documents, other);
    return assembled.documents.length === merged.documents.size && decodesTo(assembled) ? assembled : fileConflict(path, 'verification', 'the composed text would not mean what was decided: resolve it on the branch of the request');
  } catch (error) {
    if (!(error instanceof UnsupportedEdit)) throw error;
    return fileConflict(path, 'unsupported-yaml', `the change cannot be made in the text of this file: ${error.message}`);
  }
}
