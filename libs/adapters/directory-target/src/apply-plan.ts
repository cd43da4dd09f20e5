import { InvalidInput, messageOf, inLanes } from '@sluice/kernel';
import type { DesiredFile } from '@sluice/sync';
import type { ApplyPlan } from './plan-apply.js';
import { compareFile } from './compare-file.js';
import type { OwnedFile } from './inventory.js';
import { NotAFolder } from './open-folder.js';
import { parentFolders } from './parent-folders.js';
import { removeEmptied } from './remove-emptied.js';
import type { Found } from './scan-folder.js';
import { deleteOwned, permitOwned, writeOwned } from './write-file.js';
import { codeOf } from './system-code.js';

const LANES = 8;

export interface ApplyRun {
  readonly root: string;
  readonly plan: ApplyPlan;
  readonly found: ReadonlyMap<string, Found>;
  readonly leave: ReadonlySet<string>;
  readonly stopped: () => boolean;
}

/** What came of each path; `files` are the records of those that are as wanted now. */
export interface ApplyProgress {
  readonly files: Map<string, OwnedFile>;
  readonly deleted: Set<string>;
  readonly failed: Map<string, string>;
  written: number;
  unchanged: number;
}

/** Carries a plan out: what is in the way, then the writes, then what is surplus. One path that fails does not stop the others; `stopped` ends it between two files. */
export async function applyPlan(run: ApplyRun): Promise<ApplyProgress> {
  const { plan } = run;
  const progress: ApplyProgress = { files: new Map(), deleted: new Set(), failed: new Map(plan.refused.map(({ path, message }) => [path, message])), written: 0, unchanged: 0 };
  await inLanes(plan.inTheWay, LANES, async (path) => remove(run, progress, path));
  if (plan.inTheWay.length > 0) await removeEmptied(run.root, plan.union.folders, parentFolders(plan.wanted.map((file) => file.path)));
  await inLanes(plan.wanted, LANES, async (file) => attempt(run, progress, file.path, () => settle(run, progress, file)));
  await inLanes(plan.surplus, LANES, async (path) => remove(run, progress, path));
  return progress;
}

async function settle(run: ApplyRun, progress: ApplyProgress, file: DesiredFile): Promise<void> {
  const { path, sha, mode } = file;
  const known = run.plan.union.files[path] ?? { sha, mode };
  const found = run.found.get(path);
  if (run.leave.has(path)) {
    progress.unchanged += 1;
    return;
  }
  const comparison = await compareFile(run.root, { ...known, path }, found);
  if (comparison === 'same' && found) {
    progress.unchanged += 1;
    progress.files.set(path, { sha, mode, stamp: found.stamp });
    return;
  }
  const stamp = comparison === 'content' ? await permitOwned(run.root, file) : await writeOwned(run.root, run.plan.union.id, file, await file.read());
  progress.files.set(path, { sha, mode, ...(stamp && { stamp }) });
  progress.written += 1;
}

async function remove(run: ApplyRun, progress: ApplyProgress, path: string): Promise<void> {
  await attempt(run, progress, path, async () => {
    await deleteOwned(run.root, path);
    progress.deleted.add(path);
  });
}

async function attempt(run: ApplyRun, progress: ApplyProgress, path: string, work: () => Promise<void>): Promise<void> {
  if (run.stopped()) return;
  try {
    await work();
  } catch (error) {
    progress.failed.set(path, reasonOf(error));
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'the agent may not write here: give its user the right',
  EPERM: 'the system refuses the write: is the file immutable?',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the name is too long for this file system',
};

// messages of the file system hold paths by descriptor: useless to a reader
function reasonOf(error: unknown): string {
  if (error instanceof NotAFolder || error instanceof InvalidInput) return error.message;
  const code = codeOf(error);
  return code === undefined ? messageOf(error) : (REASONS[code] ?? `the file system says ${code}`);
}
