import { rmdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path/posix';
import { inFolder } from './open-folder.js';
import { codeOf } from './system-code.js';

/** Removes those of our folders that are not needed and hold nothing any more, deepest first. @returns those that are still there. */
export async function removeEmptied(root: string, folders: readonly string[], needed: ReadonlySet<string>): Promise<string[]> {
  const left: string[] = [];
  for (const folder of [...folders].sort().reverse()) {
    const removed = !needed.has(folder) && (await removeFolder(root, folder));
    if (!removed) left.push(folder);
  }
  return left.sort();
}

async function removeFolder(root: string, folder: string): Promise<boolean> {
  try {
    await inFolder(root, dirname(folder) === '.' ? '' : dirname(folder), false, async (parent) => rmdir(parent.at(basename(folder))));
    return true;
  } catch (error) {
    // a foreign file in it keeps it; one that is gone is gone
    return codeOf(error) === 'ENOENT';
  }
}
