import type { RepositoryId } from '@sluice/kernel';
import type { ChangeRequests } from '@sluice/usecases';
import type { GithubApi } from './github-api.js';
import { type Pull, zPulls } from './schema.js';
import { stateOf } from './shown-request.js';

export type PullFilter = Parameters<ChangeRequests['list']>[1] & { readonly targetBranch?: string };

/** Newest first. GitHub knows neither "before this number" nor "merged", so what does not fit is passed over. docs.github.com/en/rest/pulls/pulls#list-pull-requests */
export async function listPulls(api: GithubApi, repository: RepositoryId, filter: PullFilter): Promise<readonly Pull[]> {
  const { state, sourceBranch, targetBranch, limit, before = Infinity } = filter;
  const [owner = ''] = (await api.path(repository)).split('/');
  const isExact = before === Infinity && (state === undefined || state === 'open');
  const parameters = {
    state: state === undefined ? 'all' : state === 'open' ? 'open' : 'closed',
    sort: 'created',
    direction: 'desc',
    per_page: isExact ? Math.min(limit, 100) : 100,
    ...(sourceBranch !== undefined && { head: `${owner}:${sourceBranch}` }),
    ...(targetBranch !== undefined && { base: targetBranch }),
  };
  const found: Pull[] = [];
  for await (const page of api.pages(zPulls, repository, { route: 'GET /repos/{owner}/{repo}/pulls', parameters, action: 'list pull requests' })) {
    found.push(...page.filter((pull) => pull.number < before && (state === undefined || stateOf(pull) === state)));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}
