import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from '@sluice/git-process';

/** Above these a mirror is packed again. */
const MAX_LOOSE = 3_000;
const MAX_PACKS = 30;
const DEADLINE = 600_000;
// Commits that were composed and never pushed are made again when they are needed; two weeks is far above any retry.
const STEPS: readonly (readonly string[])[] = [
    ['prune', '--expire=2.weeks.ago'],
  ['pack-refs', '--all'],
  ['commit-graph', 'write', '--reachable'],
];

/** Whether the mirror has so many small files that git becomes slow. */
export async function needsMaintenance(gitDir: string, limits: { readonly loose?: number; readonly packs?: number } = {}): Promise<boolean> {
  // names are evenly spread, so one of the 256 folders stands for all (git's own estimate)
  const loose = (await files(join(gitDir, 'objects', '17'))).length * 256;
  const packs = (await files(join(gitDir, 'objects', 'pack'))).filter((name) => name.endsWith('.pack')).length;
  return loose > (limits.loose ?? MAX_LOOSE) || packs > (limits.packs ?? MAX_PACKS);
}

// What is borrowed from the remote's folder stays there; and git before 2.41 miscounts such packs when it packs by size.
const PACK: readonly string[] = ['repack', '-d', '--quiet', '--geometric=2'];
const PACK_OWN: readonly string[] = ['repack', '-a', '-d', '-l', '--quiet'];

/** Packs what is loose, merges small packs. For the holder of the mirror's lock. */
export async function packMirror(gitDir: string): Promise<void> {
  const pack = (await files(join(gitDir, 'objects', 'info'))).includes('alternates') ? PACK_OWN : PACK;
  for (const step of [pack, ...STEPS]) await runGit(step, { gitDir, deadline: DEADLINE, config: { 'core.fsync': 'none', 'repack.writeBitmaps': 'false' } });
}

function files(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
