import type { FieldChange, FileVersion, ObjectChange } from '../model.js';
import { sameFile } from '../compose/file-version.js';
import { countLines } from './count-lines.js';
import { FieldChanges } from './diff-values.js';
import { matchObjects, type ObjectPair } from './match-objects.js';
import { readObjects, type PlacedObject } from './read-objects.js';

const MAX_FIELDS_PER_OBJECT = 100;
const MAX_FIELDS = 5_000;

/** Files by path. */
export type Files = ReadonlyMap<string, FileVersion>;

/**
 * What differs between two versions of a tree, object by object and field by field, for people to read: values are printable and bounded, a Secret's are masked.
 * Files that are no YAML or JSON, or cannot be read, are told by the number of lines; so are those where only comments or the format differ.
 */
export function diffObjects(before: Files, after: Files): ObjectChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort().filter((path) => !sameFile(before.get(path), after.get(path)));
  const opaque: ObjectChange[] = [];
  const objects: { before: PlacedObject[]; after: PlacedObject[] } = { before: [], after: [] };
  for (const path of paths) {
    const [old, now] = [readObjects(path, before.get(path)), readObjects(path, after.get(path))];
    if (old === undefined || now === undefined) opaque.push(fileChange(path, before.get(path), after.get(path)));
    else {
      objects.before.push(...old);
      objects.after.push(...now);
    }
  }
  const changes = objectChanges(matchObjects(objects.before, objects.after));
  const told = new Set([...changes.flatMap(pathsOf), ...opaque.map(({ path }) => path)]);
  const quiet = paths.filter((path) => !told.has(path)).map((path) => fileChange(path, before.get(path), after.get(path)));
  return [...changes.map(({ change }) => change), ...opaque, ...quiet].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}

interface PairChange {
  readonly pair: ObjectPair;
  readonly change: ObjectChange;
}

function pathsOf({ pair }: PairChange): string[] {
  return [pair.before?.path, pair.after?.path].filter((path) => path !== undefined);
}

function objectChanges(pairs: readonly ObjectPair[]): PairChange[] {
  const changes: PairChange[] = [];
  let left = MAX_FIELDS;
  for (const pair of pairs) {
    const change = objectChange(pair, Math.min(left, MAX_FIELDS_PER_OBJECT));
    if (change === undefined) continue;
    left -= change.fields.length;
    changes.push({ pair, change });
  }
  return changes;
}

function objectChange({ before, after }: ObjectPair, limit: number): ObjectChange | undefined {
  const shown = after ?? before;
  if (shown === undefined) return undefined;
  const moved = movedBetween(before, after);
  const kind = before?.kind === 'Secret' ? before.kind : shown.kind;
  const found = new FieldChanges({ kind, file: shown.path }, limit);
  found.compare([], before?.value, after?.value);
  if (moved.length + found.fields.length === 0 && !found.truncated) return undefined;
  return {
    path: shown.path,
    ...(shown.object && { object: shown.object }),
    change: changeOf(before, after),
    fields: [...moved, ...found.fields],
    truncated: found.truncated,
  };
}

function movedBetween(before: PlacedObject | undefined, after: PlacedObject | undefined): FieldChange[] {
  return before && after && before.path !== after.path ? [{ field: '(file)', before: before.path, after: after.path }] : [];
}

function fileChange(path: string, before: FileVersion | undefined, after: FileVersion | undefined): ObjectChange {
  const lines = countLines(before, after);
  const mode: FieldChange[] = before && after && before.mode !== after.mode ? [{ field: '(mode)', before: before.mode, after: after.mode }] : [];
  return { path, change: changeOf(before, after), fields: mode, ...(lines && { lines }), truncated: false };
}

function changeOf(before: unknown, after: unknown): ObjectChange['change'] {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'modified';
}
