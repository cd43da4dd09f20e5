import type { CommitSha } from '@sluice/kernel';
import type { DesiredFile } from './target.js';

/** The environment's repository as the agent holds it: a copy of its own on disk. What is on disk stays readable while the remote is not. */
export interface SourceRepository {
  /** Asks the remote and fetches what is new. @returns the branch's head as fetched; undefined when the remote has no such branch. @throws Unavailable */
  fetch(branch: string): Promise<CommitSha | undefined>;
  /** Whether `commit` is `head` or reached from it by first parents only: what a merged branch brought along is not. */
  onFirstParent(head: CommitSha, commit: CommitSha): Promise<boolean>;
  /** True also when both are the same; false when `ancestor` is not on disk: whatever is reachable from a fetched commit is. */
  isAncestor(ancestor: CommitSha, descendant: CommitSha): Promise<boolean>;
  /** Every file of the commit, all or an error, from disk. @throws Unavailable */
  files(commit: CommitSha): Promise<readonly DesiredFile[]>;
}
