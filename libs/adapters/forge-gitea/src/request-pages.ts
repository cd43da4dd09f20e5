import { NotFound, type RepositoryId } from '@sluice/kernel';
import type { ChangeRequest } from '@sluice/usecases';
import type { GiteaApi } from './gitea-api.js';
import { repositoryFacts } from './repository-facts.js';
import { type PullRequest, zRequests } from './schema.js';

const MAX_PAGES = 100;

/** Pull requests page by page, newest first, which is the order of the forge. Follows repoListPullRequests. */
export async function* requestPages(api: GiteaApi, repository: RepositoryId, { state, from = 1 }: { readonly state?: ChangeRequest['state'] | undefined; readonly from?: number }): AsyncGenerator<readonly PullRequest[]> {
  const query = { state: state === undefined ? 'all' : state === 'open' ? 'open' : 'closed' };
  try {
    yield* api.pages(zRequests, { path: `${await api.repository(repository)}/pulls`, query, from, action: 'list the pull requests' }, MAX_PAGES);
  } catch (error) {
    // mustAllowPulls: where nothing was pushed yet there are no requests to be had, not even none
    if (!(error instanceof NotFound) || (await repositoryFacts(api, repository, { fresh: true })).empty !== true) throw error;
  }
}
