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
  const { author, committer } = input;
  const env = { GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email, GIT_COMMITTER_NAME: committer.name, GIT_COMMITTER_EMAIL: committer.email };
  if (input.method === 'rebase') return rebased(repository, input, env);
  // as `git merge --no-ff` says of that: already up to date
  if (input.method === 'merge' && (await repository.isAncestor(input.head, input.target))) return input.target;
  const tree = await repository.merged(input.target, input.head);
  return tree === undefined ? undefined : repository.commitOf(tree, input.method === 'merge' ? [input.target, input.head] : [input.target], input.message, env);
}

/** Forges write every commit anew, also when it would not be needed. */
function rebased(repository: BareRepository, { head, target }: MergeInput, env: Readonly<Record<string, string>>): Promise<CommitSha | undefined> {
  return repository.inWorkTree(head, async (folder) => {
    if ((await tryGit(['rebase', '-q', '--force-rebase', target], { cwd: folder, env })).code !== 0) return undefined;
    return commitSha((await runGit(['rev-parse', 'HEAD'], { cwd: folder })).trim());
  });
}
