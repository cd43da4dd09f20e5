import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { FileVersion } from '@sluice/manifests';

const PLAIN = ['100644', '100755'];

/** Writes regular files below a folder, none of them to be run. Links and submodules are not there; nor is what would stand elsewhere. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, FileVersion>): Promise<void> {
  for (const [path, { mode, bytes }] of files) {
    if (!PLAIN.includes(mode) || !isPlainPath(path)) continue;
    const full = join(folder, path);
    await mkdir(dirname(full), { recursive: true, mode: 0o700 });
    await writeFile(full, bytes, { mode: 0o600, flag: 'wx' });
  }
}

function isPlainPath(path: string): boolean {
  return path !== '' && !path.includes('\0') && !path.startsWith('/') && normalize(path) === path && !path.split('/').includes('..');
}
