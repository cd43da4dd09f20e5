import { createHash } from 'node:crypto';
import type { TreeItem } from '@sluice/git-process';
import type { CommitSha, ObjectSha } from '@sluice/kernel';
import { Lru } from './lru.js';
import type { ObjectReader } from './object-reader.js';
import type { PathRules } from './path-rules.js';
import { TreeWalk, below, isFolder } from './tree-walk.js';

/** Stands for a folder without any selected file: it must not count, or content would depend on what is not in it. */
const EMPTY = '';

/** Hashes what a selection has at a commit. What was hashed once is remembered by (selection, folder, tree), so at the next commit only changed folders are looked at. */
export class ContentKeys {
  private readonly known = new Lru<string, string>(100_000);

  constructor(private readonly objects: ObjectReader) {}

  async of(commit: CommitSha, rules: PathRules): Promise<ObjectSha> {
    const root = await this.objects.root(commit);
    const key = await this.folderKey(new TreeWalk(this.objects, rules), root, '');
    return (key === EMPTY ? hash('') : key) as ObjectSha;
  }

  private async folderKey(walk: TreeWalk, tree: string, folder: string): Promise<string> {
    const id = idOf(walk.rules, tree, folder);
    const before = this.known.get(id);
    if (before !== undefined) return before;
    const key = await this.hashFolder(walk, tree, folder);
    this.known.set(id, key);
    return key;
  }

  private async hashFolder(walk: TreeWalk, tree: string, folder: string): Promise<string> {
    const { rules } = walk;
    if (rules.coverage(folder) === 'all') return hash(`all ${tree}`);
    const items = await walk.tree(tree, folder);
    await walk.ahead(items.filter((item) => isFolder(item) && rules.coverage(below(folder, item.name)) === 'some' && this.known.get(idOf(rules, item.sha, below(folder, item.name))) === undefined));
    let content = EMPTY;
    for (const item of items) {
      const key = await this.itemKey(walk, item, below(folder, item.name));
      if (key !== EMPTY) content += entry(item.mode, item.name, key, tree);
    }
    return content === EMPTY ? EMPTY : hash(content);
  }

  private async itemKey(walk: TreeWalk, item: TreeItem, path: string): Promise<string> {
    if (!isFolder(item)) return walk.rules.matches(path) ? item.sha : EMPTY;
    return walk.rules.coverage(path) === 'none' ? EMPTY : this.folderKey(walk, item.sha, path);
  }
}

function idOf(rules: PathRules, tree: string, folder: string): string {
  return `${tree} ${rules.id} ${folder}`;
}

function entry(mode: string, name: string, sha: string, tree: string): string {
  // Names that are not UTF-8 look alike here. The tree's own name tells them apart, at the price of a new key whenever anything in that folder changes.
  return `${mode} ${sha} ${name.includes('\ufffd') ? tree : ''}${name}\0`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
