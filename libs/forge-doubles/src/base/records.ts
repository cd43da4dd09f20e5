import type { CommitSha } from '@sluice/kernel';
import type { Account } from './accounts.js';
import type { MergeMethod } from './merge-branches.js';

/** A pull or merge request. Times are milliseconds since the epoch. */
export interface StoredRequest {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly source: string;
  readonly createdAt: number;
  title: string;
  body: string;
  target: string;
  draft: boolean;
  state: 'open' | 'closed' | 'merged';
  updatedAt: number;
  /** Follows the source branch while it is open. */
  head: CommitSha;
  /** The target branch's commit when it was opened, closed or merged. */
  base: CommitSha;
  labels: string[];
  /** Of who closed or merged it. */
  ended?: { readonly by: Account; readonly at: number; readonly commit?: CommitSha };
  readonly history: HistoryEntry[];
}

/** What was done with a request, oldest first. */
export interface HistoryEntry {
  readonly id: number;
  readonly action: RequestAction;
  readonly by: Account;
  readonly at: number;
}

export type RequestAction = 'opened' | 'edited' | 'retargeted' | 'closed' | 'merged' | 'reopened' | 'drafted' | 'ready' | 'pushed' | 'labelled';

export interface StoredReview {
  readonly id: number;
  readonly request: number;
  readonly by: Account;
  readonly commit: CommitSha;
  readonly at: number;
  readonly body: string;
  state: 'approved' | 'rejected' | 'commented' | 'dismissed';
}

export interface StoredComment {
  readonly id: number;
  readonly request: number;
  readonly by: Account;
  readonly at: number;
  updatedAt: number;
  body: string;
}

/** A commit status, or what else the forge counts among checks. */
export interface StoredStatus {
  readonly id: number;
  readonly commit: CommitSha;
  readonly context: string;
  readonly by: Account;
  readonly at: number;
  /** In the forge's words. */
  readonly state: string;
  readonly description: string;
  readonly url?: string;
  /** What only this forge has, such as a check run's conclusion. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** One update of a branch by somebody. */
export interface StoredPush {
  readonly id: number;
  readonly by: Account;
  readonly at: number;
  readonly ref: string;
  readonly before?: CommitSha;
  readonly after?: CommitSha;
}

export interface Hook {
  readonly id: number;
  readonly createdAt: number;
  url: string;
  secret: string;
  events: readonly string[];
  active: boolean;
  /** What only this forge has. */
  settings: Readonly<Record<string, unknown>>;
}

/** What a repository's owner chose. */
export interface RepositorySettings {
  methods: readonly MergeMethod[];
  deleteBranchOnMerge: boolean;
  archived: boolean;
  /** Nothing was pushed to it yet. */
  empty?: boolean;
}

/** What a target branch asks of a merge. */
export interface Protection {
  /** Statuses that must be there and good. */
  readonly checks?: readonly string[];
  readonly approvals?: number;
  /** The branch must have all of the target. */
  readonly upToDate?: boolean;
}

/** What happens at the double; skins make webhooks of it. */
export type DoubleEvent =
  | { readonly kind: 'push'; readonly push: StoredPush }
  | { readonly kind: 'request'; readonly action: RequestAction; readonly request: StoredRequest; readonly by: Account }
  | { readonly kind: 'review'; readonly action: 'submitted' | 'dismissed'; readonly request: StoredRequest; readonly review: StoredReview; readonly by: Account }
  | { readonly kind: 'comment'; readonly request: StoredRequest; readonly comment: StoredComment; readonly by: Account }
  | { readonly kind: 'status'; readonly status: StoredStatus; readonly by: Account }
  | { readonly kind: 'hook'; readonly hook: Hook; readonly by: Account };
