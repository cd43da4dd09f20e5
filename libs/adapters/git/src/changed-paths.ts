import type { TreeItem } from '@sluice/git-process';
import type { ObjectSha } from '@sluice/kernel';
import type { PathChange } from '@sluice/usecases';
import { filesBelow } from './list-files.js';
import { type TreeWalk, below, isFolder } from './tree-walk.js';

interface Pair {
  readonly path: string;
  readonly before: TreeItem | undefined;
  readonly after: TreeItem | undefined;
}

/** Selected paths that differ between two trees (`before` absent: the empty one). Folders with the same tree, and folders that the selection does not reach, are not read. */
export async function changesBetween(walk: TreeWalk, before: string | undefined, after: string): Promise<PathChange[]> {
  const changes = before === undefined ? await allAdded(walk, after) : await compareFolders(walk, before, after, '');
  return changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function allAdded(walk: TreeWalk, after: string): Promise<PathChange[]> {
  const files = await filesBelow(walk, after, '');
  return files.map(({ path, mode, sha }) => ({ path, after: { mode, sha } }));
}

async function compareFolders(walk: TreeWalk, before: string, after: string, folder: string): Promise<PathChange[]> {
  if (before === after || walk.rules.coverage(folder) === 'none') return [];
  const [old, now] = await Promise.all([walk.tree(before, folder), walk.tree(after, folder)]);
  const pairs = differing(folder, old, now);
  await walk.ahead(pairs.filter(({ path }) => walk.rules.coverage(path) !== 'none').flatMap(foldersOf));
  const changes: PathChange[] = [];
  for (const pair of pairs) for (const change of await comparePair(walk, pair)) changes.push(change);
  return changes;
}

function differing(folder: string, before: readonly TreeItem[], after: readonly TreeItem[]): Pair[] {
  const old = new Map(before.map((item) => [item.name, item]));
  const pairs: Pair[] = [];
  for (const item of after) {
    const was = old.get(item.name);
    old.delete(item.name);
    if (was?.sha !== item.sha || was.mode !== item.mode) pairs.push({ path: below(folder, item.name), before: was, after: item });
  }
  for (const was of old.values()) pairs.push({ path: below(folder, was.name), before: was, after: undefined });
  return pairs;
}

function foldersOf({ before, after }: Pair): TreeItem[] {
  return [before, after].filter((item) => item !== undefined).filter(isFolder);
}

async function comparePair(walk: TreeWalk, pair: Pair): Promise<PathChange[]> {
  const { path, before, after } = pair;
  if (before && after && isFolder(before) && isFolder(after)) return compareFolders(walk, before.sha, after.sha, path);
  const [gone, come] = await Promise.all([filesOf(walk, path, before), filesOf(walk, path, after)]);
  // only where both are files can both sides have the same path
  if (gone.length === 1 && come.length === 1 && gone[0]?.path === come[0]?.path) return [{ path, ...pick('before', before), ...pick('after', after) }];
  return [...gone.map(({ path: at, mode, sha }) => ({ path: at, before: { mode, sha } })), ...come.map(({ path: at, mode, sha }) => ({ path: at, after: { mode, sha } }))];
}

async function filesOf(walk: TreeWalk, path: string, item: TreeItem | undefined): Promise<{ path: string; mode: string; sha: ObjectSha }[]> {
  if (!item) return [];
  if (isFolder(item)) return filesBelow(walk, item.sha, path);
  return walk.rules.matches(path) ? [{ path, mode: item.mode, sha: item.sha as ObjectSha }] : [];
}

function pick(side: 'before' | 'after', item: TreeItem | undefined): Pick<PathChange, 'before' | 'after'> {
  return item ? { [side]: { mode: item.mode, sha: item.sha as ObjectSha } } : {};
}
