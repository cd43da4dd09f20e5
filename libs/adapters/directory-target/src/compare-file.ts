import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path/posix';
import type { OwnedFile, Stamp } from './inventory.js';
import { inFolder } from './open-folder.js';
import type { Found } from './scan-folder.js';
import { codeOf } from './system-code.js';

/** Up to here a file is read in one go. */
const WHOLE_BYTES = 1024 * 1024;

/** Permission bits of git's two modes of a file. */
export function permissionsOf(mode: string): number {
  return mode === '100755' ? 0o755 : 0o644;
}

/** Equal stamps: nobody touched the file since. */
export function sameStamp(a: Stamp, b: Stamp): boolean {
  return a.every((value, index) => value === b[index]);
}

/**
 * Whether a file is as wanted. By its stamp when that is known to belong to the wanted content, else (or when `deep`) by git's hash of its content.
 * `content`: the bytes are right but the permissions are not.
 */
export async function compareFile(root: string, wanted: OwnedFile & { readonly path: string }, found: Found | undefined, deep = false): Promise<'same' | 'content' | 'different'> {
  if (found?.kind !== 'file') return 'different';
  const permitted = found.permissions === permissionsOf(wanted.mode);
  if (!deep && permitted && wanted.stamp && sameStamp(wanted.stamp, found.stamp)) return 'same';
  if ((await blobName(root, wanted.path, wanted.sha.length)) !== wanted.sha) return 'different';
  return permitted ? 'same' : 'content';
}

/** Git's name for the content of a file as a blob, in SHA-1 (40 digits) or SHA-256 (64). @returns undefined when it cannot be read as a regular file. */
export async function blobName(root: string, path: string, digits: number): Promise<string | undefined> {
  const parent = dirname(path) === '.' ? '' : dirname(path);
  try {
    return await inFolder(root, parent, false, async (folder) => hashFile(folder.at(basename(path)), digits === 64 ? 'sha256' : 'sha1'));
  } catch {
    // a link, a folder or an unreadable file: in any case not the content that was asked about
    return undefined;
  }
}

async function hashFile(at: string, algorithm: 'sha1' | 'sha256'): Promise<string | undefined> {
  const file = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return undefined;
    const hash = createHash(algorithm).update(`blob ${stats.size}\0`);
    if (stats.size <= WHOLE_BYTES) hash.update(await file.readFile());
    else for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
    return hash.digest('hex');
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  } finally {
    await file.close();
  }
}
