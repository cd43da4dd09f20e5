import type { CommitSha } from '@sluice/kernel';
import type { Account } from '../base/accounts.js';
import type { DoubleRepository } from '../base/double-repository.js';
import type { StoredRequest, StoredReview, StoredStatus } from '../base/records.js';
import type { World } from '../base/world.js';
import type { GiteaParts } from './parts.js';

// Objects as both forges write them: `modules/structs`, definitions of their swagger document. What Sluice has no use for is left out.

type Json = Readonly<Record<string, unknown>>;

/** Seconds are as fine as it gets. */
export function time(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

export function isDraftTitle(title: string): boolean {
  return /^(WIP:|\[WIP\])/i.test(title);
}

/** `User` */
export function userJson({ id, login, name, email }: Account): Json {
  return { id, login, username: login, login_name: '', full_name: name, email };
}

/** `Repository` */
export function repositoryJson(world: World, { parts, path, settings }: DoubleRepository, permission = 'admin'): Json {
  const has = (method: 'merge' | 'squash' | 'rebase'): boolean => settings.methods.includes(method);
  return {
    id: parts.id,
    owner: userJson(parts.owner),
    name: path.split('/')[1],
    full_name: path,
    private: true,
    mirror: false,
    html_url: `${world.url}/${path}`,
    clone_url: `${world.url}/${path}.git`,
    default_branch: parts.defaultBranch,
    archived: settings.archived,
    empty: settings.empty === true,
    permissions: { admin: permission === 'admin', push: permission !== 'read', pull: true },
    has_issues: true,
    has_pull_requests: true,
    allow_merge_commits: has('merge'),
    allow_rebase: has('rebase'),
    allow_rebase_explicit: false,
    allow_squash_merge: has('squash'),
    allow_fast_forward_only_merge: false,
    default_delete_branch_after_merge: settings.deleteBranchOnMerge,
    default_merge_style: settings.methods[0] ?? 'merge',
    object_format_name: 'sha1',
  };
}

/** `PullRequest`. The head is where its branch is now, also of a request that is over; only a branch that is gone is shown by `refs/pull/…`. */
export async function requestJson({ world, dialect }: GiteaParts, repository: DoubleRepository, request: StoredRequest): Promise<Json> {
  const [base, branch, mergeBase] = await Promise.all([repository.git.head(request.target), repository.git.head(request.source), repository.git.mergeBase(request.head, request.base)]);
  const shared = { repo_id: repository.parts.id, repo: repositoryJson(world, repository) };
  const draft = isDraftTitle(request.title);
  return {
    id: request.id,
    url: `${world.url}/${repository.path}/pulls/${request.number}`,
    html_url: `${world.url}/${repository.path}/pulls/${request.number}`,
    number: request.number,
    user: userJson(request.author),
    title: request.title,
    body: request.body,
    labels: request.labels.map((name, index) => labelJson(index + 1, name)),
    ...(dialect.draftField && { draft }),
    mergeable: request.state === 'open' && !draft && base !== undefined,
    base: { label: request.target, ref: request.target, sha: base ?? '', ...shared },
    head: { label: request.source, ref: branch ? request.source : `refs/pull/${request.number}/head`, sha: branch ?? request.head, ...shared },
    merge_base: mergeBase ?? '',
    created_at: time(request.createdAt),
    updated_at: time(request.updatedAt),
    ...endJson(request),
  };
}

/** `Label` */
export function labelJson(id: number, name: string): Json {
  return { id, name, color: '0a7d6c', description: '', exclusive: false, is_archived: false };
}

/** A merged request is closed, too. */
function endJson({ state, ended }: StoredRequest): Json {
  const closed = { state: state === 'open' ? 'open' : 'closed', closed_at: ended ? time(ended.at) : null };
  if (state !== 'merged' || !ended) return { ...closed, merged: false, merged_at: null, merge_commit_sha: null, merged_by: null };
  return { ...closed, merged: true, merged_at: time(ended.at), merge_commit_sha: ended.commit ?? null, merged_by: userJson(ended.by) };
}

const REVIEW_STATES: Readonly<Record<StoredReview['state'], string>> = { approved: 'APPROVED', rejected: 'REQUEST_CHANGES', commented: 'COMMENT', dismissed: 'APPROVED' };

/** `PullReview` */
export function reviewJson(world: World, repository: DoubleRepository, request: StoredRequest, review: StoredReview): Json {
  return {
    id: review.id,
    user: userJson(review.by),
    team: null,
    state: REVIEW_STATES[review.state],
    body: review.body,
    commit_id: review.commit,
    stale: review.commit !== request.head,
    official: true,
    dismissed: review.state === 'dismissed',
    comments_count: 0,
    submitted_at: time(review.at),
    updated_at: time(review.at),
    html_url: `${world.url}/${repository.path}/pulls/${request.number}#issuecomment-${review.id}`,
    pull_request_url: `${world.url}/${repository.path}/pulls/${request.number}`,
  };
}

/** `CommitStatus` */
export function statusJson(world: World, { path }: DoubleRepository, status: StoredStatus): Json {
  return {
    id: status.id,
    status: status.state,
    target_url: status.url ?? '',
    description: status.description,
    url: `${world.url}/api/v1/repos/${path}/statuses/${status.commit}`,
    context: status.context,
    creator: userJson(status.by),
    created_at: time(status.at),
    updated_at: time(status.at),
  };
}

/** `PayloadCommit` */
export async function commitJson(world: World, repository: DoubleRepository, commit: CommitSha): Promise<Json> {
  const { message, author, committer, at } = await repository.git.facts(commit);
  return { id: commit, message, url: `${world.url}/${repository.path}/commit/${commit}`, author: { ...author, username: '' }, committer: { ...committer, username: '' }, timestamp: time(at * 1_000) };
}

/** The names of files that two commits do not share, or that differ. */
export async function changedFiles(repository: DoubleRepository, from: CommitSha | undefined, to: CommitSha): Promise<readonly string[]> {
  const [before, after] = await Promise.all([from ? repository.git.files(from) : {}, repository.git.files(to)]);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((path) => (before as Readonly<Record<string, string>>)[path] !== after[path]).sort();
}
