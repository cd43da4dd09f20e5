import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DesiredFile } from '@sluice/sync';
import { DirectoryTarget } from './directory-target.js';

/** Git's name of a text as a blob. */
function blobOf(text: string): string {
  return createHash('sha1').update(`blob ${Buffer.byteLength(text)}\0${text}`).digest('hex');
}

/** Files of a commit, as texts by path. */
export function commitOf(texts: Readonly<Record<string, string>>, modes: Readonly<Record<string, string>> = {}): DesiredFile[] {
  return Object.entries(texts).map(([path, text]) => ({ path, mode: modes[path] ?? '100644', sha: blobOf(text), read: async () => Buffer.from(text) }));
}

export interface Playground {
  readonly base: string;
  readonly folder: string;
  readonly dataFolder: string;
  open(options?: { readonly adopt?: boolean }): Promise<DirectoryTarget>;
  remove(): Promise<void>;
}

export async function createPlayground(): Promise<Playground> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'sluice-target-')));
  const folder = join(base, 'live');
  const dataFolder = join(base, 'agent');
  return {
    base,
    folder,
    dataFolder,
    open: async ({ adopt = false } = {}) => {
      const target = new DirectoryTarget({ folder, dataFolder, adopt });
      await target.prepare();
      return target;
    },
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

/** Every file below a folder with its text; folders without files end in `/`. */
export async function textsIn(folder: string): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (entry.isFile()) texts[name] = await readFile(path, 'utf8');
    else if (entry.isDirectory() && (await readdir(path)).length === 0) texts[`${name}/`] = '';
    else if (entry.isSymbolicLink()) texts[name] = '→';
  }
  return texts;
}
