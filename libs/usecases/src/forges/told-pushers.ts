import { createHash } from 'node:crypto';
import type { CommitSha, RepositoryId } from '@sluice/kernel';
import { z } from 'zod';
import type { ForgeStore, PushLog } from '../ports/index.js';
import type { Remembered } from './remembered.js';

interface Ports {
  readonly forges: Pick<ForgeStore, 'pushers' | 'notePushes'>;
  /** Of the forge that the repository is on. */
  readonly pushes: PushLog;
  readonly remembered: Pick<Remembered, 'known' | 'put'>;
}

/**
 * The logins that pushed commits. What webhooks have told, or the forge has answered before, is kept and stays so; the forge is asked for the rest. What it does not know it is not asked for again at once:
 * of what was pushed before the repository was connected it never will, and each question costs a call for every hundred pushes.
 */
export async function toldPushers({ forges, pushes, remembered }: Ports, repository: RepositoryId, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, string>> {
  const told = await forges.pushers(repository, commits);
  const unknown = commits.filter((commit) => !told.has(commit));
  if (unknown.length === 0 || (await remembered.known(unpushedKey(repository, unknown), z.literal(true)))) return told;
  const asked = await pushes.pushersOf(repository, unknown);
  for (const [login, pushed] of byLogin(asked)) await forges.notePushes(repository, login, pushed);
  const left = unknown.filter((commit) => !asked.has(commit));
  if (left.length > 0) await remembered.put(unpushedKey(repository, left), true);
  return new Map([...told, ...asked]);
}

/** Of all these commits together: a promotion that is composed again asks about the same ones, and there may be thousands. */
function unpushedKey(repository: RepositoryId, commits: readonly CommitSha[]): string {
  return `unpushed:${repository}:${createHash('sha256').update([...commits].sort().join()).digest('hex')}/`;
}

/** There may be thousands of commits, and few who pushed them. */
function byLogin(asked: ReadonlyMap<CommitSha, string>): ReadonlyMap<string, readonly CommitSha[]> {
  const pushed = new Map<string, CommitSha[]>();
  for (const [commit, login] of asked) {
    const own = pushed.get(login);
    if (own) own.push(commit);
    else pushed.set(login, [commit]);
  }
  return pushed;
}
