import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import type { Stamp } from './inventory.js';
import { inFolder, NotAFolder } from './open-folder.js';
import { codeOf } from './system-code.js';

/** What is at a path, not following links. */
export interface Found {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly stamp: Stamp;
  /** Permission bits. */
  readonly permissions: number;
}

/** Everything in the root and in those of the given folders that exist; other folders are found, not entered. Cost: one lstat an entry. */
export async function scanFolder(root: string, folders: ReadonlySet<string>): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  const open = [''];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const [path, entry] of await entriesOf(root, folder)) {
      found.set(path, entry);
      if (entry.kind === 'folder' && folders.has(path)) open.push(path);
    }
  }
  return found;
}

async function entriesOf(root: string, folder: string): Promise<readonly (readonly [string, Found])[]> {
  try {
    const entries = await inFolder(root, folder, false, async (opened) => {
      const names = await readdir(opened.self);
      return Promise.all(names.map(async (name) => [folder === '' ? name : `${folder}/${name}`, await look(opened.at(name))] as const));
    });
    return (entries ?? []).filter((entry): entry is readonly [string, Found] => entry[1] !== undefined);
  } catch (error) {
    // swapped for a link since it was listed
    if (error instanceof NotAFolder && folder !== '') return [];
    throw error;
  }
}

/** @returns undefined when nothing is there. */
export async function look(at: string): Promise<Found | undefined> {
  try {
    return foundOf(await lstat(at));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** What an lstat says. */
export function foundOf(stats: Stats): Found {
  return { kind: kindOf(stats), stamp: [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino], permissions: stats.mode & 0o7777 };
}

function kindOf(stats: Stats): Found['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}
