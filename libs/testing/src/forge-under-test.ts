import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { ChangeRequest, ChangeRequests, CommitStatuses, OwnAccount, RepositoryAccess, Reviews } from '@sluice/usecases';

export interface CommitFacts {
  readonly parents: readonly CommitSha[];
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly files: Readonly<Record<string, string>>;
}

/** A forge with one repository, whose default branch `main` has one commit with the file `README.md`. */
export interface ForgeUnderTest {
  readonly repository: RepositoryId;
  readonly changes: ChangeRequests;
  readonly reviews: Reviews;
  readonly statuses: CommitStatuses;
  readonly access: RepositoryAccess;
  /** Who closes, merges and marks as ready in the forge's eyes: over the network the credential's account. Absent: the person who is named. */
  readonly account?: string;
  /** The merge itself compares the target with what is expected. */
  readonly comparesTarget?: true;
  /** Somebody reviews in the forge itself. Absent where all reviews are given through Sluice. */
  reviewThere?(number: number, login: string, state: 'approved' | 'rejected'): void;
  /** Somebody who lets Sluice act in their name, by a token that does for reviewing and nothing else. Absent where nobody needs to. */
  ownAccount?(login: string): OwnAccount & { revoke(): void };
  /** Commits files (`null` deletes one) on a branch; `from`: the branch to start it at when it does not exist yet. */
  commit(input: { readonly branch: string; readonly from?: string; readonly files: Readonly<Record<string, string | null>>; readonly message?: string; readonly author?: string }): Promise<CommitSha>;
  head(branch: string): Promise<CommitSha | undefined>;
  facts(commit: CommitSha): Promise<CommitFacts>;
  stop(): Promise<void>;
}

let branches = 0;

/** A target and a source branch with one commit more, that no other test uses. */
export async function pair(forge: ForgeUnderTest, prefix = ''): Promise<{ readonly source: string; readonly target: string; readonly head: CommitSha }> {
  branches += 1;
  const [source, target] = [`${prefix}feature-${branches}`, `target-${branches}`];
  await forge.commit({ branch: target, from: 'main', files: { 'shared.yaml': 'replicas: 1\n' } });
  const head = await forge.commit({ branch: source, from: target, files: { [`feature-${branches}.yaml`]: 'on: true\n' }, message: 'Add the feature', author: 'Ada' });
  return { source, target, head };
}

export async function opened(forge: ForgeUnderTest, prefix = ''): Promise<{ readonly change: ChangeRequest; readonly head: CommitSha }> {
  const { source, target, head } = await pair(forge, prefix);
  const change = await forge.changes.open(forge.repository, { title: 'Add the feature', body: 'Because.', sourceBranch: source, targetBranch: target, draft: false });
  return { change, head };
}
