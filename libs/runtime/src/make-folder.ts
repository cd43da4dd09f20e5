import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const MODE = 0o700;

/**
 * Makes a folder for its owner only, and what is missing above it; leaves nothing of it behind when that fails. In place of Node's `recursive`, which never comes back where a folder cannot be made although
 * its parent is there (`/proc/x`).
 * @throws the system's error: of `mkdir`, and EEXIST when a file is in the way.
 */
export async function makeFolder(path: string): Promise<void> {
  const made: string[] = [];
  try {
    for (const folder of await missingFolders(path)) if (await make(folder)) made.unshift(folder);
  } catch (error) {
    // whoever has put something into one meanwhile keeps it
    for (const folder of made) await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

/** From the top down. */
async function missingFolders(path: string): Promise<readonly string[]> {
  const parent = dirname(path);
  if (await isFolder(path)) return [];
  return parent === path ? [path] : [...(await missingFolders(parent)), path];
}

/** @returns whether it was us. */
async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: MODE });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && (await isFolder(path))) return false;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
