import type { RepositoryId } from '@sluice/kernel';
import type { ChangeRequest, ChangeRequests } from '@sluice/usecases';
import type { GiteaApi } from './gitea-api.js';
import { type PullRequest, zRequests } from './schema.js';
import { shownRequest, sourceOf, stateOf } from './shown-request.js';

type Filter = Parameters<ChangeRequests['list']>[1];

/** Pages that are looked through: neither forge filters by branch or number, so what is asked for may be far behind. */
const MAX_PAGES = 40;

/** Newest first, which is the order of the forge. Follows repoListPullRequests. Of a request that is over, `head` is where its branch is now. */
export async function listRequests(api: GiteaApi, repository: RepositoryId, filter: Filter): Promise<readonly ChangeRequest[]> {
  const found: ChangeRequest[] = [];
  if (filter.limit <= 0) return found;
  for await (const page of requestPages(api, repository, filter.state)) {
    // one whose branch and repository are gone has no head to show
    found.push(...page.filter((request) => request.head.sha !== undefined && matches(request, filter)).map((request) => shownRequest(request)));
    if (found.length >= filter.limit) break;
  }
  return found.slice(0, filter.limit);
}

/** The open request of two branches of the repository itself. */
export async function openRequestOf(api: GiteaApi, repository: RepositoryId, { sourceBranch, targetBranch }: { readonly sourceBranch: string; readonly targetBranch: string }): Promise<PullRequest | undefined> {
  for await (const page of requestPages(api, repository, 'open')) {
    const found = page.find((request) => sourceOf(request) === sourceBranch && request.base.ref === targetBranch);
    if (found) return found;
  }
  return undefined;
}

async function* requestPages(api: GiteaApi, repository: RepositoryId, state: ChangeRequest['state'] | undefined): AsyncGenerator<readonly PullRequest[]> {
  const query = { state: state === undefined ? 'all' : state === 'open' ? 'open' : 'closed' };
  yield* api.pages(zRequests, { path: `${await api.repository(repository)}/pulls`, query, action: 'list the pull requests' }, MAX_PAGES);
}

function matches(request: PullRequest, { state, sourceBranch, before }: Filter): boolean {
  return (state === undefined || stateOf(request) === state) && (sourceBranch === undefined || sourceOf(request) === sourceBranch) && (before === undefined || request.number < before);
}
