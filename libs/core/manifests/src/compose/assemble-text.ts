import type { Value } from '../model.js';
import { decodeDocuments, type DecodedPart } from '../decode/decode-documents.js';
import { ManifestError } from '../decode/manifest-error.js';
import { editDocument } from '../edit/edit-document.js';
import type { ListLabels } from '../edit/edit-job.js';
import { footerStart, lineBreakOf } from '../layout/text-lines.js';
import { kindOf } from '../value/identity.js';
import { itemLabels, isListOfObjects } from '../value/map-keys.js';
import { valuesEqual } from '../value/values-equal.js';
import type { DocumentPart, DocumentSet, KeyedDocuments } from './document-set.js';

/** A version of a file: its parts, and its documents by key. */
export interface KeyedFile {
  readonly set: DocumentSet;
  readonly byKey: KeyedDocuments;
}

export interface AssembledText {
  readonly text: string;
  /** What it should decode to. */
  readonly documents: readonly Value[];
}

/** True when the text is read as these documents. */
export function decodesTo({ text, documents }: AssembledText): boolean {
  try {
    return valuesEqual(decodeDocuments(text), documents);
  } catch (error) {
    if (error instanceof ManifestError) return false;
    throw error;
  }
}

interface Piece {
  readonly text: string;
  /** Where it stood in the file that is edited. */
  readonly offset?: number;
  readonly value?: Value;
  /** Comments only: they need no separator. */
  readonly isComment?: true;
}

/**
 * The text of `mine` edited until it holds the wanted documents; new text comes from `other`.
 * @throws UnsupportedEdit where the text cannot be edited without guessing.
 */
export function assembleText(file: string, mine: KeyedFile, wanted: ReadonlyMap<string, Value>, other: KeyedFile): AssembledText {
  const keyOfPart = new Map([...mine.byKey].map(([key, part]) => [part.offset, key]));
  const pieces: Piece[] = [];
  const added = newDocuments(mine, wanted, other);
  const insert = (after: string | undefined): void => {
    for (const key of added.get(after) ?? []) pieces.push(newPiece(file, wanted.get(key) ?? null, other.byKey.get(key), mine));
  };
  insert(undefined);
  for (const part of mine.set.parts) {
    const key = keyOfPart.get(part.offset);
    if (key === undefined) {
      pieces.push({ text: part.text, isComment: true });
      continue;
    }
    const want = wanted.get(key);
    pieces.push(...(want === undefined ? remains(part, mine.set.parts.at(-1)) : [editedPiece(file, part, want, other.byKey.get(key))]));
    insert(key);
  }
  const documents = pieces.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return withLastLineOf(mine, { text: join(withFooterLast(pieces, mine), mine), documents });
}

// a file that had no line break at its end gets none, unless a block text keeps the blank lines there
function withLastLineOf({ set }: KeyedFile, assembled: AssembledText): AssembledText {
  if (set.parts.length === 0 || set.parts.at(-1)?.text.endsWith('\n')) return assembled;
  const bare = { ...assembled, text: assembled.text.replace(/(?:\r?\n)+$/, '') };
  return decodesTo(bare) ? bare : assembled;
}

/** Keys of new documents by the document of `mine` that they go behind: the nearest one before them in the other file that stays. */
function newDocuments(mine: KeyedFile, wanted: ReadonlyMap<string, Value>, other: KeyedFile): ReadonlyMap<string | undefined, string[]> {
  const added = new Map<string | undefined, string[]>();
  let after: string | undefined;
  for (const key of other.byKey.keys()) {
    if (mine.byKey.has(key)) after = key;
    else if (wanted.has(key)) added.set(after, [...(added.get(after) ?? []), key]);
  }
  return added;
}

function editedPiece(file: string, part: DecodedPart, want: Value, other: DocumentPart | undefined): Piece {
  return { text: editDocument({ text: part.text, value: part.value ?? null }, want, labelsOf(file, want), other), value: want, offset: part.offset };
}

function remains(part: DecodedPart, last: DecodedPart | undefined): Piece[] {
  const text = headerOf(part) + part.text.slice(part === last ? footerStart(part.text) : part.text.length);
  return text === '' ? [] : [{ text, isComment: true }];
}

/** The comment at the top of a file, set off by a blank line: it is the file's and not its first document's. */
export function headerOf({ text, offset }: DecodedPart): string {
  if (offset > 0 || text.startsWith('---')) return '';
  return /^\ufeff?(?:[ \t]*(?:#.*)?\r?\n)*(?:[ \t]*\r?\n)/.exec(text)?.[0] ?? '';
}

function newPiece(file: string, want: Value, other: DocumentPart | undefined, mine: KeyedFile): Piece {
  if (other === undefined) return { text: '' };
  const eol = lineBreakOf(mine.set.parts[0]?.text ?? other.text);
  const edited = editDocument(other, want, labelsOf(file, want), undefined);
  const text = edited.slice(mine.set.documents.length === 0 ? 0 : headerOf(other).length).replace(/^\ufeff/, '');
  return { text: text.slice(0, footerStart(text)).replace(/\r?\n/g, eol), value: want };
}

// comments behind the last document are the file's: they stay at its end when documents are added there
function withFooterLast(pieces: readonly Piece[], mine: KeyedFile): readonly Piece[] {
  const lastPart = mine.set.parts.at(-1);
  const index = lastPart === undefined ? -1 : pieces.findLastIndex((piece) => piece.offset === lastPart.offset);
  const piece = pieces[index];
  if (piece === undefined || index === pieces.length - 1) return pieces;
  const cut = footerStart(piece.text);
  const last = pieces.at(-1);
  if (cut === piece.text.length || last === undefined) return pieces;
  const footer = piece.text.slice(cut);
  const lineBreak = last.text.endsWith('\n') ? '' : lineBreakOf(piece.text);
  return [...pieces.slice(0, index), { ...piece, text: piece.text.slice(0, cut) }, ...pieces.slice(index + 1, -1), { ...last, text: last.text + lineBreak + footer }];
}

/** Every piece but the first starts with a separator; the first has one where the file had one there. */
function join(pieces: readonly Piece[], mine: KeyedFile): string {
  const { parts } = mine.set;
  const eol = lineBreakOf(parts[0]?.text ?? '');
  const text = pieces.reduce((before, piece) => (before === '' ? piece.text : withEnd(before, eol) + separated(piece, eol)), '');
  return parts[0]?.text.startsWith('---') ? text : text.replace(/^---[ \t]*\r?\n/, '');
}

function withEnd(text: string, eol: string): string {
  return text.endsWith('\n') ? text : text + eol;
}

function separated({ text, isComment }: Piece, eol: string): string {
  return isComment || text.startsWith('---') ? text : `---${eol}${text}`;
}

// items of a List have the map keys of their own kinds, which their labels begin with
function labelsOf(file: string, document: Value): ListLabels {
  const kind = kindOf(document);
  return (path, list) => {
    const [first, second] = path;
    const inObject = kind === 'List' && first === 'items' && typeof second === 'object' && !isListOfObjects(kind, path);
    if (!inObject) return itemLabels({ kind, file }, path, list);
    return itemLabels({ kind: /^[^ .]*/.exec(second.item)?.[0], file }, path.slice(2), list);
  };
}
