import type { ComposeFileInput, FileVersion, ObjectIdentity } from '../model.js';
import { ManifestError } from '../decode/manifest-error.js';
import { identityOf } from '../value/identity.js';
import { readDocuments, type DocumentPart, type DocumentSet } from './document-set.js';
import { isSpecial, isStructured, textOf } from './file-version.js';

export const SIDES = ['base', 'source', 'target'] as const;
export type Side = (typeof SIDES)[number];
export type DocumentSets = Readonly<Record<Side, DocumentSet>>;

/** Where one version of an object is. */
export interface Place {
  readonly path: string;
  readonly part: DocumentPart;
}

/** An object that is in another file on one side than on another. */
export interface MovedObject {
  readonly object: ObjectIdentity;
  readonly places: Readonly<Partial<Record<Side, Place>>>;
}

export interface FoundMoves {
  readonly objects: readonly MovedObject[];
  /** The documents of the files that can be read, by path. */
  readonly files: ReadonlyMap<string, DocumentSets>;
}

/** Objects that changed their file, told by kind, namespace and name where these are unique on every side, with the API group where only that makes them unique. */
export function findMoves(inputs: readonly ComposeFileInput[]): FoundMoves {
  if (inputs.filter(namesDiffer).length < 2) return { objects: [], files: new Map() };
  const files = new Map(inputs.flatMap((input) => [...readSets(input)].map((sets) => [input.path, sets] as const)));
  const objects = [...groupBy(sightingsIn(files), ({ object: { kind, namespace, name } }) => JSON.stringify([kind, namespace, name])).values()].flatMap(uniqueObjects);
  return { objects: objects.filter(({ places }) => new Set(Object.values(places).map(({ path }) => path)).size > 1), files };
}

const NAMING_LINE = /^.*\b(?:kind|name|namespace)\b.*$/gm;

// a cheap look: where the lines that could name an object are the same on every side, none came or went
function namesDiffer(input: ComposeFileInput): boolean {
  return isStructured(input.path) && new Set(SIDES.map((side) => namingLines(input[side]))).size > 1;
}

function namingLines(file: FileVersion | undefined): string {
  return (file && textOf(file)?.match(NAMING_LINE)?.join('\n')) ?? '';
}

/** Nothing for a file that cannot be read on every side. */
function readSets(input: ComposeFileInput): DocumentSets[] {
  const versions = SIDES.flatMap((side) => input[side] ?? []);
  if (!isStructured(input.path) || versions.some((file) => isSpecial(file) || textOf(file) === undefined)) return [];
  try {
    return [{ base: readDocuments(input.base), source: readDocuments(input.source), target: readDocuments(input.target) }];
  } catch (error) {
    if (error instanceof ManifestError) return [];
    throw error;
  }
}

interface Sighting extends Place {
  readonly side: Side;
  readonly object: ObjectIdentity;
}

function sightingsIn(files: FoundMoves['files']): Sighting[] {
  return [...files].flatMap(([path, sets]) => SIDES.flatMap((side) => sets[side].documents.flatMap((part) => sighting(path, side, part))));
}

function sighting(path: string, side: Side, part: DocumentPart): Sighting[] {
  const object = identityOf(part.value);
  return object === undefined ? [] : [{ path, side, part, object }];
}

function uniqueObjects(sightings: readonly Sighting[]): MovedObject[] {
  if (isUnique(sightings)) return [movedObject(sightings)];
  return [...groupBy(sightings, ({ object }) => object.group).values()].filter(isUnique).map(movedObject);
}

function isUnique(sightings: readonly Sighting[]): boolean {
  return SIDES.every((side) => sightings.filter((each) => each.side === side).length <= 1);
}

function movedObject(sightings: readonly Sighting[]): MovedObject {
  const shown = SIDES.toReversed().flatMap((side) => sightings.filter((each) => each.side === side));
  return { object: shown[0]?.object ?? { group: '', kind: '', namespace: '', name: '' }, places: Object.fromEntries(sightings.map(({ side, path, part }) => [side, { path, part }])) };
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
