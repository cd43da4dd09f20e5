import type { FileVersion, Value } from './model.js';
import { decodesTo } from './compose/assemble-text.js';
import { readDocuments } from './compose/document-set.js';
import { bytesOf, isSpecial, textOf } from './compose/file-version.js';
import { ManifestError } from './decode/manifest-error.js';
import { editDocument } from './edit/edit-document.js';
import type { ListLabels } from './edit/edit-job.js';
import { UnsupportedEdit } from './layout/unsupported-edit.js';
import { kindOf } from './value/identity.js';

export type EditedFile =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'write'; readonly file: FileVersion }
  /** It is no text, cannot be decoded, or cannot be edited without guessing. */
  | { readonly kind: 'unreadable'; readonly message: string };

/** A file with other values in its documents: `change` gives for each what it should be, with every list as long as it was and in its order. The text around what changes stays as it is, byte for byte. */
export function editDocuments(file: FileVersion, change: (document: Value) => Value): EditedFile {
  const text = isSpecial(file) ? undefined : textOf(file);
  if (text === undefined) return { kind: 'unreadable', message: 'it is no text file' };
  try {
    const { text: edited, documents } = editText(file, text, change);
    if (edited === text) return { kind: 'unchanged' };
    if (!decodesTo({ text: edited, documents })) return { kind: 'unreadable', message: 'it cannot be edited without guessing' };
    return { kind: 'write', file: { mode: file.mode, bytes: bytesOf(edited) } };
  } catch (error) {
    if (error instanceof ManifestError || error instanceof UnsupportedEdit) return { kind: 'unreadable', message: error.message };
    throw error;
  }
}

function editText(file: FileVersion, text: string, change: (document: Value) => Value): { readonly text: string; readonly documents: readonly Value[] } {
  const documents: Value[] = [];
  const pieces = readDocuments(file).parts.map(({ text: part, value }) => {
    if (value === undefined) return part;
    const want = change(value);
    documents.push(want);
    return editDocument({ text: part, value }, want, byPosition, undefined);
  });
  const edited = pieces.join('');
  // a document is edited with a line break at its end
  return { text: text.endsWith('\n') ? edited : edited.replace(/\r?\n$/, ''), documents };
}

const byPosition: ListLabels = (_, list) => list.map((_item, index) => String(index));

/** True for kustomize's own file, which needs no `kind`. */
export function isKustomization(path: string, document: Value): boolean {
  const kind = kindOf(document);
  if (kind !== undefined) return kind === 'Kustomization' || kind === 'Component';
  return /(^|\/)kustomization(\.ya?ml)?$/i.test(path);
}
