import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path/posix';
import { InvalidInput } from '@sluice/kernel';
import { permissionsOf } from './compare-file.js';
import type { Inventory, Stamp } from './inventory.js';
import { inFolder } from './open-folder.js';
import { foundOf } from './scan-folder.js';
import { codeOf } from './system-code.js';

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Whether a name is that of a file which a killed apply left behind. */
export function isTemporary(inventory: Pick<Inventory, 'id'>, path: string): boolean {
  return basename(path).startsWith(prefixOf(inventory.id));
}

/**
 * Writes a file beside its place and renames it there: whoever looks sees the old one or the new one, whole. A link at the place itself is replaced, never written through.
 * @returns the new file's stamp. @throws InvalidInput when a folder is in the way; NotAFolder; errors of the file system.
 */
export async function writeOwned(root: string, id: string, file: { readonly path: string; readonly mode: string }, bytes: Uint8Array): Promise<Stamp> {
  const stamp = await inFolder(root, parentOf(file.path), true, async (folder) => {
    const temporary = folder.at(`${prefixOf(id)}${randomBytes(6).toString('hex')}`);
    try {
      await writeDurably(temporary, file.mode, bytes);
      await rename(temporary, folder.at(basename(file.path)));
    } catch (error) {
      await rm(temporary, { force: true });
      throw codeOf(error) === 'EISDIR' || codeOf(error) === 'ENOTEMPTY' ? new InvalidInput('a folder is in its place: move it away', { cause: error }) : error;
    }
    return foundOf(await lstat(folder.at(basename(file.path)))).stamp;
  });
  if (!stamp) throw new InvalidInput('its folder went away while it was written');
  return stamp;
}

/** Sets the permissions of an owned file, not through a link. @returns its new stamp. */
export async function permitOwned(root: string, file: { readonly path: string; readonly mode: string }): Promise<Stamp | undefined> {
  return inFolder(root, parentOf(file.path), false, async (folder) => {
    const handle = await open(folder.at(basename(file.path)), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return closing(handle, async () => {
      await handle.chmod(permissionsOf(file.mode));
      return foundOf(await handle.stat()).stamp;
    });
  });
}

/** Deletes a file (or the link in its place). What is gone already is fine; a folder in its place is not ours and stays. */
export async function deleteOwned(root: string, path: string): Promise<void> {
  await inFolder(root, parentOf(path), false, async (folder) => {
    try {
      await unlink(folder.at(basename(path)));
    } catch (error) {
      const gone = codeOf(error) === 'ENOENT' || (await lstat(folder.at(basename(path)))).isDirectory();
      if (!gone) throw error;
    }
  });
}

async function writeDurably(at: string, mode: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(at, NEW_FILE, 0o600);
  await closing(handle, async () => {
    await handle.writeFile(bytes);
    // not left to the umask: git's mode is the file's mode
    await handle.chmod(permissionsOf(mode));
    await handle.sync();
  });
}

async function closing<T>(handle: FileHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await handle.close();
  }
}

function prefixOf(id: string): string {
  return `.sluice-${id}-`;
}

function parentOf(path: string): string {
  return dirname(path) === '.' ? '' : dirname(path);
}
