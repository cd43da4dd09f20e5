import { type CommitSha, type Instant, NotFound, present } from '@sluice/kernel';
import type { ChangeRequest } from '@sluice/usecases';
import { shownText, shownTitle } from './request-text.js';
import type { MergeRequest } from './schema.js';

/** Milliseconds. */
const SETTLING = 2_000;

/** A merge request as the port shows it. @throws NotFound when its source branch is gone and no version of it is known */
export function shownRequest(request: MergeRequest): ChangeRequest {
  const head = headOf(request);
  if (head === undefined) throw new NotFound(`The source branch ${request.source_branch} of !${request.iid} does not exist any more`, { details: { branch: request.source_branch } });
  return {
    number: request.iid,
    url: request.web_url,
    state: stateOf(request),
    draft: isDraft(request),
    title: shownTitle(request.title),
    body: shownText(request.description ?? ''),
    sourceBranch: request.source_branch,
    targetBranch: request.target_branch,
    head,
    createdAt: request.created_at,
    updatedAt: updatedAt(request),
    ...(request.labels && request.labels.length > 0 && { labels: [...request.labels].sort() }),
    ...endOf(request),
  };
}

/** GitLab goes on working on a request for a moment after it was made (its diff, its pipeline): that is no change that somebody has made. */
function updatedAt({ state, created_at: created, updated_at: updated }: MergeRequest): Instant {
  return state === 'opened' && updated - created < SETTLING ? created : updated;
}

/** While it is open the source branch's commit; after that the one that the newest version had, because the branch may have moved on. */
export function headOf({ state, sha, diff_refs: refs }: MergeRequest): CommitSha | undefined {
  return (state === 'opened' || state === 'locked' ? (sha ?? refs?.head_sha) : (refs?.head_sha ?? sha)) ?? undefined;
}

export function isDraft({ draft, title }: MergeRequest): boolean {
  return draft ?? shownTitle(title) !== title;
}

/** `locked`: it is being merged. */
function stateOf({ state }: MergeRequest): ChangeRequest['state'] {
  return state === 'opened' || state === 'locked' ? 'open' : state;
}

function endOf(request: MergeRequest): Pick<ChangeRequest, 'mergeCommit' | 'mergedBy' | 'closedBy'> {
  if (request.state === 'merged') return present({ mergeCommit: mergeCommitOf(request), mergedBy: (request.merge_user ?? request.merged_by)?.username });
  return request.state === 'closed' ? present({ closedBy: request.closed_by?.username }) : {};
}

/** The target's commit after the merge. A fast-forward has no commit of its own: the squashed one, or the head, is then the target. */
export function mergeCommitOf(request: MergeRequest): CommitSha | undefined {
  return request.merge_commit_sha ?? request.squash_commit_sha ?? headOf(request);
}
