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
  await walk.ahead(items.filter((item) => isFolder(item) && walk.rules.coverage(below(folder, item.name)) !== 'none'));
  const files: TreeEntry[] = [];
  for (const item of items) {
    const path = below(folder, item.name);
    if (isFolder(item)) for (const file of await filesBelow(walk, item.sha, path)) files.push(file);
    else if (coverage === 'all' || walk.rules.matches(path)) files.push(treeEntry(path, item));
  }
  return files;
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
