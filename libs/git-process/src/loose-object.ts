import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';

export type ObjectType = 'blob' | 'tree' | 'commit';

/**
 * Writes an object as git's loose format does (gitformat-loose: zlib of `<type> <size>NUL<content>`), without a process: 0.3 ms where `fast-import` takes 8. Nothing waits for the disk, so it
 * is for repositories that can be made again. `hexDigits`: 40, or 64 in a SHA-256 repository.
 * @returns its name.
 */
export async function writeLooseObject(gitDir: string, type: ObjectType, content: Uint8Array, hexDigits = 40): Promise<string> {
  const object = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  const name = createHash(hexDigits === 64 ? 'sha256' : 'sha1').update(object).digest('hex');
  const path = join(gitDir, 'objects', name.slice(0, 2), name.slice(2));
  if (await freshen(path)) return name;
  const temporary = join(gitDir, 'objects', `tmp_obj_${randomUUID()}`);
  await writeFile(temporary, deflateSync(object, { level: 1 }), { mode: 0o444, flag: 'wx' });
  await moveTo(temporary, path);
  return name;
}

async function moveTo(temporary: string, path: string): Promise<void> {
  try {
    await rename(temporary, path);
  } catch {
    // the folder of the first two digits is made with its first object, and goes when the repository is packed
    await mkdir(dirname(path), { recursive: true });
    await rename(temporary, path);
  }
}

/** An object that is there already must not look old, or a prune that runs now could take it away. */
async function freshen(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}
