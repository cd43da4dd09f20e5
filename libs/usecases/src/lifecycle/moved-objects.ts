import { isStructured } from '@sluice/manifests';
import { describeObject, hashOf } from '@sluice/promotion';
import type { Mirror, PathChange, UntrustedReader } from '../ports/index.js';
import { changedFilesOf } from './changed-files.js';
import type { ContentRequest } from './compose-request.js';
import { readChanges } from './read-version.js';
import { applicationRules, wholeSelection } from './selections.js';

/** More than that is not looked into: composing refuses it as well, or nearly. */
const MAX_BYTES = 64 * 1_048_576;
/** Answers that are kept: one for each application that has something to be promoted is enough. */
const MAX_KEPT = 2_000;
/** An empty file is no content that anybody moves. */
const EMPTY = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

/** What a change takes out of an application and brings into it: objects, and files that hold none, by a key that is the same wherever they are; with words for each. */
export interface MovedObjects {
  readonly removed: ReadonlyMap<string, string>;
  readonly added: ReadonlyMap<string, string>;
}

export const NOTHING_MOVED: MovedObjects = { removed: new Map(), added: new Map() };

const kept = new WeakMap<UntrustedReader, Map<string, MovedObjects>>();

/** {@link MovedObjects} of what composing would bring to a target. Asked again for the same commits, it answers from memory. */
export async function movedObjects(reader: UntrustedReader, mirror: Mirror, request: ContentRequest): Promise<MovedObjects> {
  const key = await keyOf(mirror, request);
  const known = kept.get(reader) ?? new Map<string, MovedObjects>();
  kept.set(reader, known);
  const before = known.get(key);
  if (before) return before;
  const changes = (await changedFilesOf(mirror, request)).list;
  const found = await lookInto(reader, mirror, changes);
  if (known.size >= MAX_KEPT) known.clear();
  known.set(key, found);
  return found;
}

/** Everything that says which files are the change. Without a base the target's own files do. */
async function keyOf(mirror: Mirror, { pipeline, application, target, sourceCommit, onto, ledger, bases, alsoOwnedBy = [] }: ContentRequest): Promise<string> {
  const base = ledger && !bases ? ledger.commit : [await mirror.contentKey(onto, wholeSelection(application)), bases ?? null];
  return hashOf([application.name, target.name, applicationRules(pipeline, application), sourceCommit, base, alsoOwnedBy.map(({ name }) => name)]);
}

/** {@link MovedObjects} of some changes. */
export async function lookInto(reader: UntrustedReader, mirror: Mirror, changes: readonly PathChange[]): Promise<MovedObjects> {
  if (changes.length === 0) return NOTHING_MOVED;
  const moved = { removed: new Map<string, string>(), added: new Map<string, string>() };
  for (const change of changes) noteFile(moved, change);
  const files = await readChanges(mirror, changes.filter(({ path }) => isStructured(path)), { left: MAX_BYTES });
  const diff = files && (await reader.diff(files.before, files.after));
  if (!diff || 'kind' in diff) return moved;
  for (const { object, change } of diff) {
    if (!object || change === 'modified') continue;
    moved[change].set(`object ${object.group} ${object.kind} ${object.namespace} ${object.name}`, describeObject(object));
  }
  return moved;
}

function noteFile(moved: { readonly removed: Map<string, string>; readonly added: Map<string, string> }, { path, before, after }: PathChange): void {
  if (isStructured(path) || (before && after)) return;
  const side = before ?? after;
  if (side && side.sha !== EMPTY) moved[before ? 'removed' : 'added'].set(`file ${side.sha}`, path);
}
