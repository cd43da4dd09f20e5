import type { CatFileSession } from './cat-file-session.js';
import { type LooseObjectOptions, writeLooseObject } from './loose-object.js';
import { type TreeItem, formatTree, parseTree } from './tree.js';

interface Sides<T> {
  readonly base: T;
  readonly ours: T;
  readonly theirs: T;
}

const MAX_TREE = 32 * 1024 * 1024;
const FOLDER = '40000';
/** Both sides changed the same file, or a tree cannot be read. */
const NOT_BY_PATH = Symbol('not by path');

/**
 * Merges trees that changed different paths, without a process. Nothing is read but the folders in which both sides changed something, and no rename is guessed: what stands at a path is what one
 * of the sides put there.
 * @returns the tree; undefined when a path changed on both sides, which is git's to merge or to refuse.
 */
export async function mergeByPath(objects: CatFileSession, gitDir: string, trees: Sides<string>, options: LooseObjectOptions = {}): Promise<string | undefined> {
  const merged = await mergeFolder({ objects, gitDir, options }, trees);
  return merged === NOT_BY_PATH ? undefined : merged;
}

interface Place {
  readonly objects: CatFileSession;
  readonly gitDir: string;
  readonly options: LooseObjectOptions;
}

async function mergeFolder(place: Place, trees: Sides<string>): Promise<string | typeof NOT_BY_PATH> {
  const [base, ours, theirs] = await Promise.all([itemsOf(place, trees.base), itemsOf(place, trees.ours), itemsOf(place, trees.theirs)]);
  if (!base || !ours || !theirs) return NOT_BY_PATH;
  const items: TreeItem[] = [];
  for (const name of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])) {
    const item = await mergeItem(place, { base: base.get(name), ours: ours.get(name), theirs: theirs.get(name) });
    if (item === NOT_BY_PATH) return NOT_BY_PATH;
    if (item) items.push(item);
  }
  // a folder that becomes empty is gone in git; let git say so
  if (items.length === 0) return NOT_BY_PATH;
  return writeLooseObject(place.gitDir, 'tree', formatTree(items), { ...place.options, hexDigits: trees.base.length });
}

async function mergeItem(place: Place, { base, ours, theirs }: Sides<TreeItem | undefined>): Promise<TreeItem | undefined | typeof NOT_BY_PATH> {
  if (same(base, theirs) || same(ours, theirs)) return ours;
  if (same(base, ours)) return theirs;
  if (!isFolder(base) || !isFolder(ours) || !isFolder(theirs)) return NOT_BY_PATH;
  const sha = await mergeFolder(place, { base: base.sha, ours: ours.sha, theirs: theirs.sha });
  return sha === NOT_BY_PATH ? sha : { ...ours, sha };
}

function isFolder(item: TreeItem | undefined): item is TreeItem {
  return item?.mode === FOLDER;
}

function same(one: TreeItem | undefined, other: TreeItem | undefined): boolean {
  return one?.sha === other?.sha && one?.mode === other?.mode;
}

async function itemsOf({ objects }: Place, sha: string): Promise<ReadonlyMap<string, TreeItem> | undefined> {
  const read = await objects.readAtOnce(sha, MAX_TREE);
  if (read.kind !== 'object' || read.object.type !== 'tree') return undefined;
  return new Map(parseTree(read.object.bytes, sha.length / 2, 'latin1').map((item) => [item.name, item]));
}
