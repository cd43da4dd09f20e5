import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { GitFailed } from './git-failed.js';
import { runGit } from './run-git.js';

/** `merge-tree --write-tree` and `cat-file --batch-command` together: the oldest git that has both. */
const OLDEST: readonly [number, number] = [2, 38];

/** The installed git's version (`2.39.5`). @throws GitFailed `version` when it is older than 2.38. */
export async function gitVersion(): Promise<string> {
  const { stdout } = await runGit(['version'], { maxOutputBytes: 1_000, deadline: 10_000 });
  return supportedVersion(stdout.toString('utf8'));
}

/** Takes what `git version` writes. */
export function supportedVersion(output: string): string {
  const [version = '', major, minor] = /(\d+)\.(\d+)[\w.]*/.exec(output) ?? [];
  const [oldestMajor, oldestMinor] = OLDEST;
  if (Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor)) return version;
  throw new GitFailed(`git ${version || '(of unknown version)'} is too old: install git ${OLDEST.join('.')} or newer`, { reason: 'version', command: 'version' });
}

/** The path of `git-http-backend`, which ships with git. @throws GitFailed when this git has none. */
export async function gitBackendPath(): Promise<string> {
  const { stdout } = await runGit(['--exec-path'], { maxOutputBytes: 10_000, deadline: 10_000 });
  const path = join(stdout.toString('utf8').trim(), 'git-http-backend');
  try {
    await access(path, constants.X_OK);
  } catch (cause) {
    throw new GitFailed(`git has no git-http-backend at ${path}: install git's complete package`, { reason: 'spawn', command: 'http-backend', cause });
  }
  return path;
}
