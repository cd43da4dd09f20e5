import { NotFound, type RepositoryId } from '@sluice/kernel';
import type { ChangeRequest, ChangeRequests } from '@sluice/usecases';
import type { GiteaApi } from './gitea-api.js';
import { RequestHistory } from './request-history.js';
import { RequestIndex } from './request-index.js';
import { requestPages } from './request-pages.js';
import { type PullRequest, zRequest } from './schema.js';
import { shownRequest, sourceOf, stateOf } from './shown-request.js';

type Filter = Parameters<ChangeRequests['list']>[1];

/** Newest first. Requests of one branch are shown whole; of others that are over, `head` is where their branch is now, and nobody is asked who closed them. */
export async function listRequests(api: GiteaApi, repository: RepositoryId, filter: Filter): Promise<readonly ChangeRequest[]> {
  if (filter.limit <= 0) return [];
  const { sourceBranch } = filter;
  if (sourceBranch !== undefined && filter.state !== 'open') return ofBranch(api, repository, { ...filter, sourceBranch });
  return ofAll(api, repository, filter);
}

/** The open request of two branches of the repository itself. */
export async function openRequestOf(api: GiteaApi, repository: RepositoryId, { sourceBranch, targetBranch }: { readonly sourceBranch: string; readonly targetBranch: string }): Promise<PullRequest | undefined> {
  for await (const page of requestPages(api, repository, { state: 'open' })) {
    const found = page.find((request) => sourceOf(request) === sourceBranch && request.base.ref === targetBranch);
    if (found) return found;
  }
  return undefined;
}

async function ofBranch(api: GiteaApi, repository: RepositoryId, filter: Filter & { readonly sourceBranch: string }): Promise<readonly ChangeRequest[]> {
  const { numbers, read } = await new RequestIndex(api).of(repository, filter.sourceBranch);
  const history = new RequestHistory(api, repository);
  const found: ChangeRequest[] = [];
  for (const number of numbers) {
    if (found.length >= filter.limit) break;
    if (filter.before !== undefined && number >= filter.before) continue;
    const request = read.get(number) ?? (await look(api, repository, number));
    if (request && matches(request, filter)) found.push(shownRequest(request, await history.of(request)));
  }
  return found;
}

/** An administrator may have deleted it. */
async function look(api: GiteaApi, repository: RepositoryId, number: number): Promise<PullRequest | undefined> {
  try {
    return await api.ask(zRequest, { method: 'GET', path: `${await api.repository(repository)}/pulls/${number}`, action: `see request ${number}` });
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/**
 * The forge counts pages and not numbers, so it is remembered on which page a list ended: what is older is there or later, whatever has been opened since. One page before it is read again, because
 * requests can be deleted.
 */
async function ofAll(api: GiteaApi, repository: RepositoryId, filter: Filter): Promise<readonly ChangeRequest[]> {
  const prefix = `page:${await api.path(repository)}:${filter.state === 'merged' ? 'closed' : (filter.state ?? 'all')}:`;
  let page = filter.before === undefined ? 1 : Math.max(1, Number((await api.memory.get(prefix + String(filter.before))) ?? 1) - 1);
  const found: PullRequest[] = [];
  for await (const requests of requestPages(api, repository, { state: filter.state, from: page })) {
    // one whose branch and repository are gone has no head to show
    found.push(...requests.filter((request) => request.head.sha !== undefined && matches(request, filter)));
    if (found.length >= filter.limit) break;
    page += 1;
  }
  const last = found.slice(0, filter.limit).at(-1);
  if (last && page > 1) await api.memory.put(prefix + String(last.number), String(page));
  return found.slice(0, filter.limit).map((request) => shownRequest(request));
}

function matches(request: PullRequest, { state, sourceBranch, before }: Filter): boolean {
  return (state === undefined || stateOf(request) === state) && (sourceBranch === undefined || sourceOf(request) === sourceBranch) && (before === undefined || request.number < before);
}
