import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '@sluice/git-process';

const DEADLINE = 30 * 60_000;
const DAY = 24 * 60 * 60_000;

/**
 * Packs objects and refs when there are many loose ones and drops what nothing refers to for two weeks. `git gc --auto` decides and locks (`gc.pid`), so that two processes do not do it at once.
 * @throws GitFailed
 */
export async function maintainRepository(gitDir: string): Promise<void> {
  const config = { 'gc.auto': '2000', 'gc.autoPackLimit': '30', 'gc.autoDetach': 'false', 'gc.pruneExpire': '2.weeks.ago', 'gc.writeCommitGraph': 'true' };
  await runGit(['gc', '--auto', '--quiet'], { gitDir, config, deadline: DEADLINE });
  await removeAbandonedPushes(join(gitDir, 'objects'));
}

/** A receive-pack that was killed leaves the folder that it had received a push into. */
async function removeAbandonedPushes(objects: string): Promise<void> {
  for (const name of await readdir(objects)) {
    if (!name.startsWith('tmp_objdir-')) continue;
    const { mtimeMs } = await stat(join(objects, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > DAY) await rm(join(objects, name), { recursive: true, force: true });
  }
}
