import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { ForgeStore, PushLog } from '../ports/index.js';

interface Ports {
  readonly forges: Pick<ForgeStore, 'pushers' | 'notePushes'>;
  /** Of the forge that the repository is on. */
  readonly pushes: PushLog;
}

/** The logins that pushed commits. What webhooks have told, or the forge has answered before, is kept and stays so; the forge is asked for the rest. */
export async function toldPushers({ forges, pushes }: Ports, repository: RepositoryId, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, string>> {
  const told = await forges.pushers(repository, commits);
  const unknown = commits.filter((commit) => !told.has(commit));
  if (unknown.length === 0) return told;
  const asked = await pushes.pushersOf(repository, unknown);
  for (const [login, pushed] of byLogin(asked)) await forges.notePushes(repository, login, pushed);
  return new Map([...told, ...asked]);
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
