import { formatTree, type TreeItem, writeLooseObject } from '@sluice/git-process';
import type { FileEdit } from '@sluice/usecases';
import type { ObjectReader } from './object-reader.js';
import { isFolder } from './tree-walk.js';

/** What happens at one name of a folder. Names are bytes as `latin1` text, so that names which are no UTF-8 survive. */
interface EditNode {
  /** What was there is deleted before anything is written below. */
  deleted: boolean;
  file?: NonNullable<FileEdit['file']>;
  readonly children: Map<string, EditNode>;
}

interface Place {
  readonly gitDir: string;
  readonly objects: ObjectReader;
  readonly hexDigits: number;
}

/** Writes the tree that edits make of another (`undefined`: the empty one). Only the folders on the way to an edit are read and written. */
export async function writeTree(place: Place, base: string | undefined, edits: readonly FileEdit[]): Promise<string> {
  const items = await edited(place, base, editTree(edits));
  return writeLooseObject(place.gitDir, 'tree', formatTree(items), place);
}

function editTree(edits: readonly FileEdit[]): EditNode {
  const root = newNode();
  for (const { path, file } of edits) {
    let node = root;
    for (const segment of Buffer.from(path, 'utf8').toString('latin1').split('/')) {
      const child = node.children.get(segment) ?? newNode();
      node.children.set(segment, child);
      node = child;
    }
    if (file) node.file = file;
    else node.deleted = true;
  }
  return root;
}

function newNode(): EditNode {
  return { deleted: false, children: new Map() };
}

async function edited(place: Place, base: string | undefined, node: EditNode): Promise<TreeItem[]> {
  const items = new Map((base === undefined ? [] : await place.objects.rawTree(base)).map((item) => [item.name, item]));
  await Promise.all(
    [...node.children].map(async ([name, child]) => {
      const after = await editedItem(place, items.get(name), name, child);
      if (after) items.set(name, after);
      else items.delete(name);
    }),
  );
  return [...items.values()];
}

async function editedItem(place: Place, before: TreeItem | undefined, name: string, node: EditNode): Promise<TreeItem | undefined> {
  if (node.file) return { name, mode: node.file.mode, sha: await writeFile(place, node.file) };
  const kept = node.deleted ? undefined : before;
  if (node.children.size === 0) return kept;
  const items = await edited(place, kept && isFolder(kept) ? kept.sha : undefined, node);
  // git has no empty folders; and deleting below a file deletes nothing
  if (items.length === 0) return kept && !isFolder(kept) ? kept : undefined;
  return { name, mode: '40000', sha: await writeLooseObject(place.gitDir, 'tree', formatTree(items), place) };
}

async function writeFile(place: Place, file: NonNullable<FileEdit['file']>): Promise<string> {
  if (file.mode === '160000') return Buffer.from(file.bytes).toString('latin1');
  return writeLooseObject(place.gitDir, 'blob', file.bytes, place);
}
