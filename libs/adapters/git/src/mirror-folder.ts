import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { porcelain } from './porcelain.js';

export type ObjectFormat = 'sha1' | 'sha256';

const INIT_DEADLINE = 30_000;
// Left by a git that was killed: locks that would refuse every later change, and half-written files.
const LEFTOVER = /\.lock$|^tmp_|^fast_import_crash_/;

/** Opens a mirror's folder or makes it. Only for a process that holds the lock of the folder around it: it removes the locks that a killed git left behind. */
export async function prepareMirror(gitDir: string, shared?: string): Promise<void> {
  if (await exists(join(gitDir, 'HEAD'))) await removeLeftovers(gitDir);
  else await makeMirror(gitDir, 'sha1');
  await shareObjects(gitDir, shared);
}

/** Lets the mirror read the objects of a repository on this machine where they are (gitrepository-layout(5), `objects/info/alternates`); absent: of none. */
export async function shareObjects(gitDir: string, shared: string | undefined): Promise<void> {
  const file = join(gitDir, 'objects', 'info', 'alternates');
  if (shared === undefined) return rm(file, { force: true });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${join(shared, 'objects')}\n`);
}

/** Makes an empty mirror in place of whatever is there. */
export async function makeMirror(gitDir: string, format: ObjectFormat): Promise<void> {
  await rm(gitDir, { recursive: true, force: true, maxRetries: 5 });
  await mkdir(gitDir, { recursive: true, mode: 0o700 });
  await porcelain('init', { folder: gitDir, deadline: INIT_DEADLINE }, (git) => git.init(true, ['--template=', `--object-format=${format}`]));
}

async function removeLeftovers(gitDir: string): Promise<void> {
  const folders: readonly [string, boolean][] = [
    [gitDir, false],
    [join(gitDir, 'refs'), true],
    [join(gitDir, 'objects'), false],
    [join(gitDir, 'objects', 'pack'), false],
    [join(gitDir, 'objects', 'info'), true],
  ];
  for (const [folder, recursive] of folders) {
    const entries = await readdir(folder, { withFileTypes: true, recursive }).catch(() => []);
    for (const entry of entries) {
      if (LEFTOVER.test(entry.name)) await rm(join(entry.parentPath, entry.name), { recursive: true, force: true });
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
