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
  return repository.inWorkTree(input.method === 'rebase' ? input.head : input.target, async (folder) => {
    for (const args of stepsOf(input)) if ((await tryGit(args, { cwd: folder, env })).code !== 0) return undefined;
    return commitSha((await runGit(['rev-parse', 'HEAD'], { cwd: folder })).trim());
  });
}

function stepsOf({ method, head, target, message }: MergeInput): readonly string[][] {
  switch (method) {
    case 'squash':
      return [['merge', '-q', '--squash', head], ['commit', '-q', '--allow-empty', '--cleanup=verbatim', '-m', message]];
    case 'rebase':
      // forges write every commit anew, also when it would not be needed
      return [['rebase', '-q', '--force-rebase', target]];
    case 'merge':
      return [['merge', '-q', '--no-ff', '--cleanup=verbatim', '-m', message, head]];
  }
}
