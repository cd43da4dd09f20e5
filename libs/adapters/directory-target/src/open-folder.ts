import { closeSync, constants, existsSync, lstatSync, openSync } from 'node:fs';
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

/** A folder that stays open while something is done below it, for questions to the system that do not go through Node's threads. */
export interface OpenFolder extends Pick<Folder, 'at' | 'self'> {
  /** The path of a name in it, for where a descriptor is none. */
  pathOf(name: string): string;
}

/**
 * Opens a folder, not through a link. `at`: how to reach it; `path`: where it is; `shown`: its name for people, as in {@link inFolder}.
 * @returns undefined when there is none. @throws NotAFolder for a link or a file.
 */
export async function withFolder<T>({ at, path, shown }: { readonly at: string; readonly path: string; readonly shown: string }, work: (folder: OpenFolder) => Promise<T>): Promise<T | undefined> {
  const descriptor = descriptorOf(at, shown);
  if (descriptor === undefined) return undefined;
  const self = BY_DESCRIPTOR ? `/proc/self/fd/${descriptor}` : path;
  try {
    return await work({ self, at: (name) => `${self}/${name}`, pathOf: (name) => join(path, name) });
  } finally {
    closeSync(descriptor);
  }
}

function descriptorOf(at: string, shown: string): number | undefined {
  try {
    return openSync(at, FOLDER);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw isNoFolder(error) ? notAFolder(shown, lstatSync(at).isSymbolicLink(), error) : error;
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
    throw isNoFolder(error) ? notAFolder(shown, (await lstat(at)).isSymbolicLink(), error) : error;
  }
}

function isNoFolder(error: unknown): boolean {
  return codeOf(error) === 'ELOOP' || codeOf(error) === 'ENOTDIR';
}

function notAFolder(shown: string, link: boolean, cause: unknown): NotAFolder {
  return new NotAFolder(`${printableLine(shown) || 'the target'} is ${link ? 'a symbolic link, which is never followed' : 'no folder'}: remove it`, { cause });
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
