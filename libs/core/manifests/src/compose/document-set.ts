import type { FileVersion, Value } from '../model.js';
import { decodeParts, type DecodedPart } from '../decode/decode-documents.js';
import { identityOf } from '../value/identity.js';
import { isMap } from '../value/values-equal.js';
import { textOf } from './file-version.js';

/** The documents of one version of a file. */
export interface DocumentSet {
  readonly parts: readonly DecodedPart[];
  /** The parts that hold a document. */
  readonly documents: readonly DocumentPart[];
}

export interface DocumentPart extends DecodedPart {
  readonly value: Value;
}

export type KeyedDocuments = ReadonlyMap<string, DocumentPart>;

/** @throws ManifestError when the text cannot be read. */
export function readDocuments(file: FileVersion | undefined): DocumentSet {
  const parts = file === undefined ? [] : decodeParts(textOf(file) ?? '');
  return { parts, documents: parts.filter(hasValue) };
}

function hasValue(part: DecodedPart): part is DocumentPart {
  return part.value !== undefined;
}

/**
 * The documents of each set by what tells them apart in all of them: kind, namespace and name, so that an object keeps its place under another API group; with
 * the group where that is not unique. At most one document of a set may have no identity. `undefined` when they cannot be told apart.
 */
export function keyDocuments(sets: readonly DocumentSet[]): KeyedDocuments[] | undefined {
  return keyBy(sets, false) ?? keyBy(sets, true);
}

function keyBy(sets: readonly DocumentSet[], withGroup: boolean): KeyedDocuments[] | undefined {
  const keyed: KeyedDocuments[] = [];
  for (const { documents } of sets) {
    const byKey = new Map(documents.map((document) => [keyOf(document.value, withGroup), document]));
    if (byKey.size !== documents.length || documents.some(({ value }) => isGenerated(value))) return undefined;
    keyed.push(byKey);
  }
  return keyed;
}

function keyOf(value: Value, withGroup: boolean): string {
  const identity = identityOf(value);
  if (identity === undefined) return '';
  const { group, kind, namespace, name } = identity;
  return JSON.stringify([...(withGroup ? [group] : []), kind, namespace, name]);
}

// every apply of it makes another object
function isGenerated(value: Value): boolean {
  const metadata = isMap(value) ? value.get('metadata') : undefined;
  return isMap(metadata) && metadata.has('generateName') && !metadata.has('name');
}
