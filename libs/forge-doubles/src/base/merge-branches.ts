import { writeCommitObject } from '@sluice/git-process';
import { type CommitSha, commitSha } from '@sluice/kernel';
import type { BareRepository } from './bare-repository.js';
import { runGit, tryGit } from './run-git.js';

export type MergeMethod = 'squash' | 'rebase' | 'merge';

export interface Signature {
  readonly name: string;
  readonly email: string;
}

export interface MergeInput {
  readonly method: MergeMethod;
  readonly head: CommitSha;
  readonly target: CommitSha;
  /** Of the commit that is made; a rebase keeps those of the commits. */
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
}

/** Merges by real git. @returns the commit that the target would get, or nothing when git finds a conflict */
export async function mergeBranches(repository: BareRepository, input: MergeInput): Promise<CommitSha | undefined> {
  if (input.method === 'rebase') return rebased(repository, input);
  const { method, head, target, message } = input;
  // as `git merge --no-ff` says of that: already up to date
  if (method === 'merge' && (await repository.isAncestor(head, target))) return target;
  const tree = await repository.merged(target, head);
  if (tree === undefined) return undefined;
  const date = Date.now() / 1_000;
  const commit = { tree, parents: method === 'merge' ? [target, head] : [target], message, author: { ...input.author, date }, committer: { ...input.committer, date } };
  return commitSha(await writeCommitObject(repository.gitDir, commit));
}

/** Forges write every commit anew, also when it would not be needed. */
function rebased(repository: BareRepository, { head, target, author, committer }: MergeInput): Promise<CommitSha | undefined> {
  const env = { GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email, GIT_COMMITTER_NAME: committer.name, GIT_COMMITTER_EMAIL: committer.email };
  return repository.inWorkTree(head, async (folder) => {
    if ((await tryGit(['rebase', '-q', '--force-rebase', target], { cwd: folder, env })).code !== 0) return undefined;
    return commitSha((await runGit(['rev-parse', 'HEAD'], { cwd: folder })).trim());
  });
}
