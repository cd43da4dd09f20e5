import type { CommitSha, RepositoryId } from '@sluice/kernel';
import { SLUICE_IDENTITY } from '../lifecycle/ports.js';
import type { CommitEntry, Settings } from '../ports/index.js';

/** Notes, before it is pushed, that Sluice makes this commit by itself. Anybody may write Sluice's name into a commit; nobody can write this. */
export async function noteOwnCommit(memory: Settings, repository: RepositoryId, commit: CommitSha): Promise<void> {
  await memory.init(ownCommitKey(repository, commit), 'sluice');
}

/** A commit that Sluice has made by itself: no person is its author. */
export async function isOwnCommit(memory: Pick<Settings, 'get'>, repository: RepositoryId, { sha, authorEmail, committerEmail }: CommitEntry): Promise<boolean> {
  if (authorEmail !== SLUICE_IDENTITY.email || committerEmail !== SLUICE_IDENTITY.email) return false;
  return (await memory.get(ownCommitKey(repository, sha))) !== undefined;
}

function ownCommitKey(repository: RepositoryId, commit: CommitSha): string {
  return `own-commit:${repository}:${commit}`;
}
