import type { CommitSha, Instant, PersonName, RepositoryId } from '@sluice/kernel';

export type MergeMethod = 'squash' | 'rebase' | 'merge';

/** A pull request, merge request or the built-in forge's change request. */
export interface ChangeRequest {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly draft: boolean;
  readonly title: string;
  readonly body: string;
  readonly sourceBranch: string;
  readonly targetBranch: string;
  /** The source branch's commit; for a closed or merged one the commit at that time. */
  readonly head: CommitSha;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly mergeCommit?: CommitSha;
  readonly mergedBy?: string;
  readonly closedBy?: string;
  /** Who has marked it as ready for review last, where the forge knows. */
  readonly readyBy?: string;
  /** In the order of the alphabet; absent: none. Those that people have added, too. */
  readonly labels?: readonly string[];
  /** Why it has not all the labels that it was to be opened with, for people. Said only in the answer to that. */
  readonly unlabelled?: string;
}

export interface NewChangeRequest {
  readonly title: string;
  readonly body: string;
  readonly sourceBranch: string;
  readonly targetBranch: string;
  readonly draft: boolean;
  /** Set when it is opened and left to people from then on. Where they cannot be set the request is opened without. */
  readonly labels?: readonly string[];
}

export type MergeOutcome =
  | { readonly kind: 'merged'; readonly commit: CommitSha }
  /** The request's head or the target is not what was expected: look again. */
  | { readonly kind: 'moved' }
  /** Git cannot merge it (or it is a draft, closed, …); `message` says why. */
  | { readonly kind: 'refused'; readonly message: string };

export interface ChangeRequests {
  /** Idempotent: an open request of the same two branches is returned as it is. @throws NotFound when a branch does not exist. */
  open(repository: RepositoryId, request: NewChangeRequest): Promise<ChangeRequest>;
  update(repository: RepositoryId, number: number, fields: Partial<Pick<NewChangeRequest, 'title' | 'body' | 'draft'>> & { readonly by?: string; /** What was pushed to its branch a moment ago: the forge may not have noticed yet. */ readonly head?: CommitSha }): Promise<ChangeRequest>;
  get(repository: RepositoryId, number: number): Promise<ChangeRequest>;
  /** Newest first. */
  list(repository: RepositoryId, filter: { readonly state?: ChangeRequest['state']; readonly sourceBranch?: string; readonly limit: number; readonly before?: number }): Promise<readonly ChangeRequest[]>;
  /**
   * `expectedTarget`: merge only when the target branch is at this commit. The built-in forge compares it in the merge itself. The API of no other can: those merge onto what is there, and asking them before would say no
   * more than whoever calls has been told by git a moment ago. Idempotent: a merged request answers `merged`.
   */
  merge(repository: RepositoryId, number: number, options: { readonly expectedHead: CommitSha; readonly expectedTarget?: CommitSha; readonly method?: MergeMethod; readonly by: string }): Promise<MergeOutcome>;
  close(repository: RepositoryId, number: number, options: { readonly by: string; readonly comment?: string }): Promise<ChangeRequest>;
}

export interface Review {
  readonly id: string;
  readonly person: PersonName;
  /** The forge's login of who reviewed on a forge over the network; `person` is then that person, as far as somebody has linked the two. Absent: Sluice wrote it down for `person`. */
  readonly login?: string;
  readonly state: 'approved' | 'rejected' | 'commented';
  /** The head that was reviewed. */
  readonly commit: CommitSha;
  readonly body: string;
  readonly at: Instant;
}

/** What lets Sluice act in a person's own name on a forge. */
export interface OwnAccount {
  /** As the forge spells it. */
  readonly login: string;
  /** Asked for each time: it may have been refreshed. @throws Unauthenticated when it is good for nothing any more */
  token(): Promise<string>;
}

/** A review that somebody has given in Sluice. */
export interface GivenReview extends Pick<Review, 'person' | 'state' | 'commit' | 'body'> {
  /** Where the person has allowed it: it is written as a review of this account. The built-in forge needs none, and takes no notice. */
  readonly own?: OwnAccount;
}

/** How it is written on the forge: with {@link Review.login} as that account's, without it by Sluice's own account for the person. */
export interface SubmittedReview extends Review {
  /** Why it could not be written as the person's own. Absent: it was, or nobody asked for that. */
  readonly notOwn?: NotOwn;
}

export interface NotOwn {
  /** A sentence for people. */
  readonly message: string;
  /** The token is good for nothing any more; it is of no use to try it again. */
  readonly unusable: boolean;
}

export interface Reviews {
  list(repository: RepositoryId, number: number): Promise<readonly Review[]>;
  /** In the person's own name where they have allowed it (`own`) and the forge takes it, else by Sluice's account for them. What passes, such as a forge that does not answer, is thrown as by any other call. */
  submit(repository: RepositoryId, number: number, review: GivenReview): Promise<SubmittedReview>;
  /**
   * Takes back in the forge itself approvals that people have given there ({@link Review.login}), because what they approved is offered no more. `message`: why, for whoever gave them. Idempotent.
   * Nothing is refused by an error but the want of a forge: whoever asks goes on without.
   */
  dismiss(repository: RepositoryId, number: number, approvals: readonly Review[], message: string): Promise<Dismissal>;
}

/** `refused`: what could not be taken back stays as it is. */
export type Dismissal = { readonly kind: 'dismissed' } | { readonly kind: 'refused'; readonly message: string };

export interface CommitStatus {
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  readonly description: string;
  readonly url?: string;
  readonly by: string;
  readonly at: Instant;
}

export interface CommitStatuses {
  /** The newest of each context. */
  list(repository: RepositoryId, commit: CommitSha): Promise<readonly CommitStatus[]>;
  set(repository: RepositoryId, commit: CommitSha, statuses: readonly Omit<CommitStatus, 'at'>[]): Promise<void>;
}

/** Where git finds a repository. The credential travels by environment, never in the URL, argv or a file. */
export interface RepositoryLocation {
  readonly url: string;
  readonly credential?: { readonly username: string; readonly password: string };
  /** The configuration ref's branch when the pipeline names none; absent where the forge would have to be asked. */
  readonly defaultBranch?: string;
  /** `url` is a folder here whose objects stay until they are long out of use: they may be read in place instead of being copied. */
  readonly sharesObjects?: boolean;
  /** With `sharesObjects`: objects may be written there, and references be set, without a push. No hook wants to see it, and nothing has to be on the disk before a reference is. */
  readonly takesObjects?: boolean;
}

export interface RepositoryAccess {
  locate(repository: RepositoryId): Promise<RepositoryLocation>;
}

/** Who pushed a commit to a branch, as the forge says: a person, `sluice`, or a login with its forge. Those that it says nothing of are left out. A forge over the network is asked each time: what it said is kept by whoever asks ({@link ForgeStore}). */
export interface PushLog {
  pushersOf(repository: RepositoryId, commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, string>>;
}

export interface PushEvent {
  readonly repository: RepositoryId;
  readonly by: string;
  readonly updates: readonly { readonly ref: string; readonly before?: CommitSha; readonly after?: CommitSha }[];
}
