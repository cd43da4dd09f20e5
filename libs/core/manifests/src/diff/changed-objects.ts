import { isStructured } from '../compose/file-version.js';
import type { FileVersion } from '../model.js';
import { valuesEqual } from '../value/values-equal.js';
import { matchObjects, type ObjectPair } from './match-objects.js';
import { readObjects, type PlacedObject } from './read-objects.js';

/** Every object of a tree, in the order of paths and text. */
export interface TreeObjects {
  readonly objects: readonly PlacedObject[];
  /** YAML and JSON files that cannot be read: nobody knows what is in them. */
  readonly unreadable: readonly string[];
}

/** The objects of files by path. Files that are no YAML or JSON have none. */
export function objectsOf(files: ReadonlyMap<string, FileVersion>): TreeObjects {
  const objects: PlacedObject[] = [];
  const unreadable: string[] = [];
  for (const path of [...files.keys()].sort()) {
    const read = readObjects(path, files.get(path));
    if (read) objects.push(...read);
    else if (isStructured(path)) unreadable.push(path);
  }
  return { objects, unreadable };
}

/** What became of each object that is not the same in both; matched by identity, also across files. */
export function changedObjects(before: readonly PlacedObject[], after: readonly PlacedObject[]): readonly ObjectPair[] {
  return matchObjects(before, after).filter((pair) => !valuesEqual(pair.before?.value, pair.after?.value));
}
