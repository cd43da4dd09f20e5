import type { CommitSha, ObjectSha } from '@sluice/kernel';
import type { TreeEntry } from '@sluice/usecases';
import type { TreeItem } from '@sluice/git-process';
import type { ObjectReader } from './object-reader.js';
import { type TreeWalk, below, isFolder } from './tree-walk.js';

/** Every selected file below a folder. */
export async function filesBelow(walk: TreeWalk, tree: string, folder: string): Promise<TreeEntry[]> {
  const coverage = walk.rules.coverage(folder);
  if (coverage === 'none') return [];
  const items = await walk.tree(tree, folder);
  const parts = items.map(async (item) => {
    const path = below(folder, item.name);
    if (isFolder(item)) return filesBelow(walk, item.sha, path);
    return coverage === 'all' || walk.rules.matches(path) ? [treeEntry(path, item)] : [];
  });
  return (await Promise.all(parts)).flat();
}

/** The entries of exact paths, folders left out. Each folder on the way is read once. */
export async function entriesAt(objects: ObjectReader, commit: CommitSha, paths: readonly string[]): Promise<Map<string, TreeEntry>> {
  const root = await objects.root(commit);
  const found = await Promise.all([...new Set(paths)].map(async (path) => entryAt(objects, root, path)));
  return new Map(found.flatMap((entry) => (entry ? [[entry.path, entry]] : [])));
}

async function entryAt(objects: ObjectReader, root: string, path: string): Promise<TreeEntry | undefined> {
  const segments = path.split('/');
  const last = segments.pop();
  let tree = root;
  for (const segment of segments) {
    const folder = (await objects.tree(tree)).find((item) => item.name === segment);
    if (!folder || !isFolder(folder)) return undefined;
    tree = folder.sha;
  }
  const item = (await objects.tree(tree)).find(({ name }) => name === last);
  return item && !isFolder(item) ? treeEntry(path, item) : undefined;
}

function treeEntry(path: string, { mode, sha }: TreeItem): TreeEntry {
  return { path, mode, sha: sha as ObjectSha };
}
