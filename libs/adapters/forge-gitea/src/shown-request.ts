import { type CommitSha, Unavailable } from '@sluice/kernel';
import type { ChangeRequest } from '@sluice/usecases';
import { hasDraftPrefix, shownTitle } from './request-text.js';
import type { PullRequest } from './schema.js';

/** Who did something with a request, as far as that is known beside the request itself. */
export interface Doers {
  readonly closedBy?: string;
  readonly readyBy?: string;
}

/** A pull request as Sluice sees one. `head`: where it is, if not where its branch is now. @throws Unavailable when nobody knows its head */
export function shownRequest(request: PullRequest, { head = request.head.sha, ...doers }: Doers & { readonly head?: CommitSha | undefined } = {}): ChangeRequest {
  if (head === undefined) throw new Unavailable(`The forge does not say at which commit the head of request ${request.number} is`);
  return {
    number: request.number,
    url: request.html_url,
    state: stateOf(request),
    draft: isDraft(request),
    title: isDraft(request) ? shownTitle(request.title) : request.title,
    body: request.body ?? '',
    sourceBranch: sourceOf(request),
    targetBranch: request.base.ref,
    head,
    createdAt: request.created_at,
    updatedAt: request.updated_at,
    ...mergeOf(request),
    ...(labelsOf(request).length > 0 && { labels: labelsOf(request) }),
    ...doers,
  };
}

function mergeOf({ merged, merge_commit_sha: commit, merged_by: by }: PullRequest): Pick<ChangeRequest, 'mergeCommit' | 'mergedBy'> {
  return merged ? { ...(commit && { mergeCommit: commit }), ...(by && { mergedBy: by.login }) } : {};
}

export function labelsOf({ labels }: Pick<PullRequest, 'labels'>): readonly string[] {
  return (labels ?? []).map(({ name }) => name).sort();
}

export function stateOf({ merged, state }: Pick<PullRequest, 'merged' | 'state'>): ChangeRequest['state'] {
  return merged ? 'merged' : state;
}

export function isDraft({ draft, title }: Pick<PullRequest, 'draft' | 'title'>): boolean {
  return draft ?? hasDraftPrefix(title);
}

/** The branch; of a fork `owner:branch`, so that nobody takes it for one of the repository. */
export function sourceOf({ head, base }: Pick<PullRequest, 'head' | 'base'>): string {
  if (head.repo_id === base.repo_id) return head.label;
  return `${head.repo?.full_name.split('/')[0] ?? 'unknown'}:${head.label}`;
}
