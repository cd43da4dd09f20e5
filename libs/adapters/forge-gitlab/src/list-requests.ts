import type { RepositoryId } from '@sluice/kernel';
import type { ChangeRequest } from '@sluice/usecases';
import type { GitlabApi } from './gitlab-api.js';
import { type MergeRequest, zMergeRequests } from './schema.js';

export interface RequestFilter {
  readonly state?: ChangeRequest['state'];
  readonly sourceBranch?: string;
  readonly targetBranch?: string;
  readonly limit: number;
  /** Only requests with a smaller number. */
  readonly before?: number;
}

const STATES = { open: 'opened', closed: 'closed', merged: 'merged' } as const;
/** The most that GitLab gives. */
const MAX_PAGE = 100;
const MAX_PAGES = 100;

/** Newest first. Requests from forks are passed over: Sluice makes none, their branches are not the repository's, and anybody may write what he likes into them. docs.gitlab.com/api/merge_requests/#list-project-merge-requests */
export async function listRequests(api: GitlabApi, repository: RepositoryId, { state, sourceBranch, targetBranch, limit, before = Infinity }: RequestFilter): Promise<readonly MergeRequest[]> {
  const query = {
    state: state === undefined ? 'all' : STATES[state],
    source_branch: sourceBranch,
    target_branch: targetBranch,
    order_by: 'created_at',
    sort: 'desc',
    per_page: Math.min(before === Infinity ? Math.max(limit, 1) : MAX_PAGE, MAX_PAGE),
  };
  const found: MergeRequest[] = [];
  for await (const page of api.pages(zMergeRequests, { path: `${await api.project(repository)}/merge_requests`, query, action: 'list merge requests' }, MAX_PAGES)) {
    found.push(...page.filter((request) => request.iid < before && request.source_project_id === request.target_project_id));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}
