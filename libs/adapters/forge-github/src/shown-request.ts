import { present } from '@sluice/kernel';
import type { ChangeRequest } from '@sluice/usecases';
import type { Pull } from './schema.js';

/** A pull request as far as its own record says; who closed it and who marked it as ready stand elsewhere. */
export function shownRequest(pull: Pull): ChangeRequest {
  const state = stateOf(pull);
  return {
    number: pull.number,
    url: pull.html_url,
    state,
    draft: pull.draft,
    title: pull.title,
    body: pull.body,
    sourceBranch: sourceOf(pull),
    targetBranch: pull.base.ref,
    head: pull.head.sha,
    createdAt: pull.created_at,
    updatedAt: pull.updated_at,
    ...(pull.labels.length > 0 && { labels: pull.labels.map(({ name }) => name).sort() }),
    // of an open one it is a merge that GitHub tried
    ...(state === 'merged' && present({ mergeCommit: pull.merge_commit_sha ?? undefined, mergedBy: pull.merged_by?.login })),
  };
}

export function stateOf({ state, merged_at: mergedAt }: Pick<Pull, 'state' | 'merged_at'>): ChangeRequest['state'] {
  return mergedAt ? 'merged' : state;
}

/** A branch of a fork is none of ours, whatever its name: it is shown as `owner:branch`, as GitHub does. */
function sourceOf({ head, base }: Pick<Pull, 'head' | 'base'>): string {
  return head.repo?.full_name === base.repo.full_name ? head.ref : (head.label ?? `unknown:${head.ref}`);
}
