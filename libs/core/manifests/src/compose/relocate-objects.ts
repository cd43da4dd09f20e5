import type { ComposeFileInput, FileVersion, Value } from '../model.js';
import { UnsupportedEdit } from '../layout/unsupported-edit.js';
import { identityOf } from '../value/identity.js';
import { assembleText, decodesTo, headerOf, type KeyedFile } from './assemble-text.js';
import type { DocumentPart, DocumentSet, KeyedDocuments } from './document-set.js';
import { bytesOf } from './file-version.js';
import { SIDES, type DocumentSets, type Side } from './find-moves.js';
import type { Relocation } from './plan-moves.js';

export interface Relocating {
  readonly inputs: ReadonlyMap<string, ComposeFileInput>;
  readonly files: ReadonlyMap<string, DocumentSets>;
  readonly relocations: readonly Relocation[];
}

/**
 * The input as it would be had every side its objects in the files where they are to be. What is composed from it is for the same target, less what only moved.
 * @throws UnsupportedEdit where a document cannot be put into the file.
 */
export function relocateObjects(input: ComposeFileInput, moves: Relocating): ComposeFileInput {
  if (!moves.relocations.some(({ from, to }) => from === input.path || to === input.path)) return input;
  const { base: _base, source: _source, target: _target, ...rest } = input;
  return SIDES.reduce((result, side) => {
    const file = versionOf(input, side, moves);
    return file === undefined ? result : { ...result, [side]: file };
  }, rest);
}

/** What comes to a file on one side, and what leaves it. */
interface Traffic {
  readonly set: DocumentSet;
  readonly coming: readonly Relocation[];
  readonly leaving: readonly Relocation[];
}

function versionOf(input: ComposeFileInput, side: Side, moves: Relocating): FileVersion | undefined {
  const { path } = input;
  const ours = moves.relocations.filter((each) => each.side === side);
  const [coming, leaving] = [ours.filter(({ to }) => to === path), ours.filter(({ from }) => from === path)];
  const set = moves.files.get(path)?.[side];
  if (set === undefined || coming.length + leaving.length === 0) return input[side];
  const renamed = input[side] === undefined ? renamedFile(coming, ours, moves) : undefined;
  return renamed ?? changedFile(input, input[side], { set, coming, leaving }, moves.files.get(path));
}

function changedFile(input: ComposeFileInput, current: FileVersion | undefined, { set, coming, leaving }: Traffic, sets: DocumentSets | undefined): FileVersion | undefined {
  const mine = { set, byKey: keyed(set) };
  const guides = [...coming, ...leaving].flatMap(({ guide }) => input[guide] ?? []);
  const wanted = wantedDocuments(mine, coming, leaving);
  if (wanted.size === 0 && guides.length === 0) return undefined;
  const text = placed(input.path, mine, wanted, { set, byKey: textsOf(input.path, coming, sets) });
  const mode = (current ?? guides[0])?.mode ?? '100644';
  return { mode, bytes: bytesOf(text) };
}

// a file that goes with all that is in it: its text stays as it is
function renamedFile(coming: readonly Relocation[], all: readonly Relocation[], { inputs, files }: Relocating): FileVersion | undefined {
  const [first] = coming;
  if (first === undefined || !coming.every(({ from }) => from === first.from) || differentFormats(first.from, first.to)) return undefined;
  const isAll = files.get(first.from)?.[first.side].documents.length === coming.length && all.every(({ to }) => to !== first.from);
  return isAll ? inputs.get(first.from)?.[first.side] : undefined;
}

function differentFormats(from: string, to: string): boolean {
  return isJson(to) && !isJson(from);
}

function isJson(path: string): boolean {
  return /\.json$/i.test(path);
}

function wantedDocuments(mine: KeyedFile, coming: readonly Relocation[], leaving: readonly Relocation[]): ReadonlyMap<string, Value> {
  const gone = new Set(leaving.map(({ part }) => part));
  const staying = [...mine.byKey].filter(([, part]) => !gone.has(part)).map(([key, { value }]) => [key, value] as const);
  return new Map([...staying, ...coming.map(({ part }) => [keyOf(part), part.value] as const)]);
}

function placed(path: string, mine: KeyedFile, wanted: ReadonlyMap<string, Value>, other: KeyedFile): string {
  const assembled = assembleText(path, mine, wanted, other);
  if (assembled.documents.length === wanted.size && decodesTo(assembled)) return assembled.text;
  throw new UnsupportedEdit('an object cannot be put into it', 0);
}

/** The documents in the order of those who have them there; the text of what comes is its own. */
function textsOf(path: string, coming: readonly Relocation[], sets: DocumentSets | undefined): KeyedDocuments {
  const texts = new Map<string, DocumentPart>();
  for (const guide of new Set(coming.map((each) => each.guide))) for (const [key, part] of keyed(sets?.[guide])) if (!texts.has(key)) texts.set(key, part);
  for (const { part, from } of coming) if (!differentFormats(from, path)) texts.set(keyOf(part), { ...part, text: textAlone(part) });
  return texts;
}

// less the comment at the top of its old file, and a separator that only the next file can tell the need of
function textAlone(part: DocumentPart): string {
  return part.text.slice(headerOf(part).length).replace(/^---[ \t]*\r?\n/, '');
}

function keyed(set: DocumentSet | undefined): KeyedDocuments {
  const byKey = new Map<string, DocumentPart>();
  for (const part of set?.documents ?? []) byKey.set(byKey.has(keyOf(part)) ? `${keyOf(part)} ${part.offset}` : keyOf(part), part);
  return byKey;
}

function keyOf({ value, offset }: DocumentPart): string {
  const identity = identityOf(value);
  return identity === undefined ? String(offset) : JSON.stringify([identity.kind, identity.namespace, identity.name]);
}
