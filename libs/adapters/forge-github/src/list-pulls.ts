import type { RepositoryId } from '@sluice/kernel';
import type { ChangeRequests } from '@sluice/usecases';
import type { GithubApi } from './github-api.js';
import { type Pull, zPulls } from './schema.js';
import { stateOf } from './shown-request.js';

export type PullFilter = Parameters<ChangeRequests['list']>[1] & { readonly targetBranch?: string };

/** Newest first. GitHub knows neither "before this number" nor "merged", so what does not fit is passed over. docs.github.com/en/rest/pulls/pulls#list-pull-requests */
export async function listPulls(api: GithubApi, repository: RepositoryId, filter: PullFilter): Promise<readonly Pull[]> {
  const [owner = ''] = (await api.path(repository)).split('/');
  const call = { route: 'GET /repos/{owner}/{repo}/pulls', parameters: parametersOf(filter, owner), action: 'list pull requests' };
  const found: Pull[] = [];
  for await (const page of api.pages(zPulls, repository, call)) {
    found.push(...page.filter((pull) => fits(pull, filter)));
    if (found.length >= filter.limit) break;
  }
  return found.slice(0, filter.limit);
}

const STATES = { open: 'open', closed: 'closed', merged: 'closed' };

function parametersOf({ state, sourceBranch, targetBranch, limit, before }: PullFilter, owner: string): Readonly<Record<string, unknown>> {
  // where nothing is passed over, no more is asked for than is wanted
  const isExact = before === undefined && (state === undefined || state === 'open');
  return {
    state: state === undefined ? 'all' : STATES[state],
    sort: 'created',
    direction: 'desc',
    per_page: isExact ? Math.min(limit, 100) : 100,
    ...(sourceBranch !== undefined && { head: `${owner}:${sourceBranch}` }),
    ...(targetBranch !== undefined && { base: targetBranch }),
  };
}

function fits(pull: Pull, { state, before = Infinity }: PullFilter): boolean {
  return pull.number < before && (state === undefined || stateOf(pull) === state);
}
