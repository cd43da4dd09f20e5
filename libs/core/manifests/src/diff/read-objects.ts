import type { FileVersion, ObjectIdentity, Value } from '../model.js';
import { readDocuments } from '../compose/document-set.js';
import { isSpecial, isStructured, textOf } from '../compose/file-version.js';
import { ManifestError } from '../decode/manifest-error.js';
import { identityOf, kindOf } from '../value/identity.js';
import { isList, isMap } from '../value/values-equal.js';

/** An object (or another document) of a tree. */
export interface PlacedObject {
  readonly path: string;
  readonly value: Value;
  readonly kind: string | undefined;
  readonly object?: ObjectIdentity;
}

/** The objects of a file, with the items of a `List` each on its own; `undefined` when the file is no YAML or JSON, or cannot be read. */
export function readObjects(path: string, file: FileVersion | undefined): PlacedObject[] | undefined {
  if (!isStructured(path) || isSpecial(file)) return undefined;
  if (file !== undefined && textOf(file) === undefined) return undefined;
  try {
    return readDocuments(file).documents.flatMap(({ value }) => itemsOf(value).map((item) => placed(path, item)));
  } catch (error) {
    if (error instanceof ManifestError) return undefined;
    throw error;
  }
}

function itemsOf(document: Value): readonly Value[] {
  const items = isMap(document) && kindOf(document) === 'List' ? document.get('items') : undefined;
  return isList(items) ? items : [document];
}

function placed(path: string, value: Value): PlacedObject {
  const object = identityOf(value);
  return { path, value, kind: kindOf(value), ...(object && { object }) };
}
