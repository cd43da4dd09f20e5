import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path/posix';
import type { LiveFile } from '@sluice/sync';
import { inFolder } from './open-folder.js';

/** A file as it is, reached without following a link; undefined when there is no such regular file that can be read, or it is larger. */
export async function readLive(root: string, path: string, maxBytes: number): Promise<LiveFile | undefined> {
  const parent = dirname(path) === '.' ? '' : dirname(path);
  try {
    return await inFolder(root, parent, false, (folder) => readFile(folder.at(basename(path)), maxBytes));
  } catch {
    // a link, a folder or an unreadable file: there is nothing to show of it
    return undefined;
  }
}

async function readFile(at: string, maxBytes: number): Promise<LiveFile | undefined> {
  const file = await open(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > maxBytes) return undefined;
    const buffer = Buffer.alloc(stats.size);
    const { bytesRead } = await file.read(buffer, 0, stats.size, 0);
    return { mode: (stats.mode & 0o111) === 0 ? '100644' : '100755', bytes: buffer.subarray(0, bytesRead) };
  } finally {
    await file.close();
  }
}
