import { constants, existsSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput, printableLine } from '@sluice/kernel';
import { codeOf } from './system-code.js';

// with it a name is looked up in the folder that was opened, not in what its path leads to by then: nobody can swap a link in between
const BY_DESCRIPTOR = process.platform === 'linux' && existsSync('/proc/self/fd');
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** A folder below the target's root, reached without following a link. */
export interface Folder {
  /** A path for a name in it, for one call of the file system. */
  at(name: string): string;
  /** The folder itself. */
  readonly self: string;
  sync(): Promise<void>;
}

/** A component of a path that is no folder. */
export class NotAFolder extends InvalidInput {}

/**
 * Opens `path` (relative, `''` for the root) one component after the other and hands it to `work`.
 * @param create makes folders that are missing. @returns undefined when one is missing and not created. @throws NotAFolder for a link or a file on the way.
 */
export async function inFolder<T>(root: string, path: string, create: boolean, work: (folder: Folder) => Promise<T>): Promise<T | undefined> {
  let here = await enter(root, root, '', create);
  try {
    for (const [index, segment] of segmentsOf(path).entries()) {
      if (!here) return undefined;
      const shown = segmentsOf(path).slice(0, index + 1).join('/');
      const next: Entered | undefined = await enter(here.at(segment), join(here.path, segment), shown, create);
      await here.handle.close();
      here = next;
    }
    return here && (await work(here));
  } finally {
    await here?.handle.close().catch(() => undefined);
  }
}

interface Entered extends Folder {
  readonly handle: FileHandle;
  readonly path: string;
}

async function enter(at: string, path: string, shown: string, create: boolean): Promise<Entered | undefined> {
  const handle = (await openFolder(at, shown)) ?? (create ? await make(at, shown) : undefined);
  if (!handle) return undefined;
  const self = BY_DESCRIPTOR ? `/proc/self/fd/${handle.fd}` : path;
  return { handle, path, self, at: (name) => `${self}/${name}`, sync: () => handle.sync() };
}

async function openFolder(at: string, shown: string): Promise<FileHandle | undefined> {
  try {
    return await open(at, FOLDER);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) !== 'ELOOP' && codeOf(error) !== 'ENOTDIR') throw error;
    const link = (await lstat(at)).isSymbolicLink();
    throw new NotAFolder(`${printableLine(shown) || 'the target'} is ${link ? 'a symbolic link, which is never followed' : 'no folder'}: remove it`, { cause: error });
  }
}

async function make(at: string, shown: string): Promise<FileHandle | undefined> {
  try {
    await mkdir(at, { recursive: shown === '', mode: 0o755 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  return openFolder(at, shown);
}

function segmentsOf(path: string): string[] {
  return path === '' ? [] : path.split('/');
}
