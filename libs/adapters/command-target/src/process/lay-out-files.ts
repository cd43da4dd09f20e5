import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DesiredFile } from '@sluice/sync';

/**
 * Writes files into a new folder of our own. Only regular ones: a link could lead out of it, and a target has none either. A path that git would not let into a work tree is refused.
 * @throws Error naming the path.
 */
export async function layOutFiles(folder: string, files: readonly DesiredFile[], stopped: () => boolean): Promise<void> {
  for (const file of files) {
    if (stopped()) return;
    if (file.mode !== '100644' && file.mode !== '100755') continue;
    if (file.path.split('/').some((part) => part === '' || part === '.' || part === '..')) throw new Error(`${JSON.stringify(file.path)} is no path of a file`);
    const at = join(folder, file.path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, await file.read(), { flag: 'wx', mode: file.mode === '100755' ? 0o755 : 0o644 });
  }
}
