import { createHash } from 'node:crypto';
import type { CommitSha, Instant } from '@sluice/kernel';

/** Hidden from every fetch and push; only the forge writes below it. */
export const FORGE_REFS = 'refs/sluice/forge';
export const CHANGES = `${FORGE_REFS}/changes/`;
export const OPEN_PAIRS = `${FORGE_REFS}/open/`;
export const PUSHES = `${FORGE_REFS}/pushes/`;

export function branchRef(branch: string): string {
  return `refs/heads/${branch}`;
}

export function changeRef(number: number): string {
  return `${CHANGES}${number}`;
}

/** Everything that is open from one source branch: one ref a target. */
export function openFrom(sourceBranch: string): string {
  return `${OPEN_PAIRS}${hash(sourceBranch)}/`;
}

/** Exists exactly while a request of these two branches is open: creating it is what makes the pair unique. */
export function openPairRef(sourceBranch: string, targetBranch: string): string {
  return `${openFrom(sourceBranch)}${hash(targetBranch)}`;
}

/** The newest request of a source branch; each request names the one before it. */
export function newestOfSourceRef(sourceBranch: string): string {
  return `${FORGE_REFS}/sources/${hash(sourceBranch)}`;
}

export function statusRef(commit: CommitSha): string {
  return `${FORGE_REFS}/statuses/${commit}`;
}

/** One chain a day (UTC), so that old days can be dropped whole. */
export function pushesOfDayRef(at: Instant): string {
  return `${PUSHES}${new Date(at).toISOString().slice(0, 10)}`;
}

// a branch's name can be a folder of another's and longer than a file name may be
function hash(branch: string): string {
  return createHash('sha256').update(branch, 'utf8').digest('hex').slice(0, 40);
}
