import { stat, unlink } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { GitFailed } from '@sluice/git-process';

/**
 * Milliseconds. git holds the lock of a ref for well under a second; one this old was left behind by a process that was killed, and would refuse every change of that ref for ever.
 */
export const STALE_AFTER = 30_000;

const LOCK = /Unable to create '([^']+\.lock)': File exists/;

/**
 * Removes the lock file that a git message complains about when nobody can be holding it any more.
 * @returns whether the change is worth another try at once.
 */
export async function removeStaleLock(gitDir: string, message: string, staleAfter: number): Promise<boolean> {
  const [, path] = LOCK.exec(message) ?? [];
  if (path === undefined || !resolve(gitDir, path).startsWith(resolve(gitDir) + sep)) return false;
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs < staleAfter) return false;
    await unlink(path);
    return true;
  } catch {
    // somebody was faster, or it was released meanwhile
    return true;
  }
}

/** The message of a failure that comes from a lock file; undefined for every other error. */
export function lockMessage(error: unknown): string | undefined {
  return error instanceof GitFailed && LOCK.test(error.stderr) ? error.stderr : undefined;
}
