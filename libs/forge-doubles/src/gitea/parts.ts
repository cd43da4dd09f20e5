import type { DoubleRepository } from '../base/double-repository.js';
import { pageOf } from '../base/paging.js';
import type { StoredRequest } from '../base/records.js';
import { type Answer, ApiError, type Call } from '../base/route.js';
import type { Account } from '../base/accounts.js';
import type { World } from '../base/world.js';
import type { Dialect } from './dialect.js';

/** What every route of Gitea's skin works with. */
export interface GiteaParts {
  readonly world: World;
  readonly dialect: Dialect;
  /** Merges that are answered with "Please try again later" before the forge knows whether there are conflicts. */
  readonly checking: { left: number };
  /** `MAX_RESPONSE_ITEMS` of the instance. */
  readonly maxItems: number;
}

export const API = '/api/v1';
export const REPO = `${API}/repos/{owner}/{repo}`;

type Asked = Pick<Call, 'params' | 'grant' | 'url'>;

/** An error as Gitea writes one: `{ "message", "url" }`. */
export function failure(world: World, status: number, message: string): ApiError {
  return new ApiError({ status, body: { message, url: `${world.url}/api/swagger` } });
}

export function notFound(world: World, message = "The target couldn't be found."): ApiError {
  return new ApiError({ status: 404, body: { errors: [], message, url: `${world.url}/api/swagger` } });
}

export function repositoryOf({ world }: GiteaParts, { params, grant }: Asked): DoubleRepository {
  const path = `${params['owner']}/${params['repo']}`;
  const repository = world.repository(path);
  if (!repository || (grant?.paths && !grant.paths.includes(repository.path))) throw notFound(world);
  return repository;
}

/** The repository, for who may write to it. */
export function writable(parts: GiteaParts, call: Asked): DoubleRepository {
  const repository = repositoryOf(parts, call);
  if (permissionOf(call) === 'read') throw failure(parts.world, 403, 'user should have a permission to write to a repo');
  if (repository.settings.archived) throw failure(parts.world, 423, `${repository.path} is archived`);
  return repository;
}

/** The repository, for who administrates it. */
export function administrated(parts: GiteaParts, call: Asked): DoubleRepository {
  const repository = repositoryOf(parts, call);
  if (permissionOf(call) !== 'admin') throw failure(parts.world, 403, 'user should be an owner or a collaborator with admin write of a repository');
  return repository;
}

export function permissionOf({ grant }: Pick<Call, 'grant'>): string {
  return grant?.rights['permission'] ?? 'admin';
}

export function requestOf(parts: GiteaParts, call: Asked): { readonly repository: DoubleRepository; readonly request: StoredRequest } {
  const repository = repositoryOf(parts, call);
  const request = repository.requests.get(Number(call.params['index']));
  if (!request) throw notFound(parts.world);
  return { repository, request };
}

export function doer({ grant }: Pick<Call, 'grant'>): Account {
  if (!grant) throw new Error('nobody asks');
  return grant.account;
}

/** One page with `Link` and `X-Total-Count`. Links name the address that the instance is configured with, which for Forgejo's double is not the one that it is reached by. */
export function listed<T>({ dialect, maxItems }: GiteaParts, { url, query }: { readonly url: URL; readonly query: { readonly page?: number | undefined; readonly limit?: number | undefined } }, all: readonly T[]): { readonly items: readonly T[]; readonly headers: Readonly<Record<string, string>> } {
  const root = new URL(url);
  if (dialect.kind === 'forgejo') root.host = 'forge.internal:3000';
  const size = Math.min(query.limit ?? 30, maxItems);
  const { items, headers } = pageOf(all, root, { page: query.page ?? 1, size });
  return { items, headers: { ...headers, 'x-total-count': String(all.length) } };
}

export function list<T>(parts: GiteaParts, call: Parameters<typeof listed>[1], all: readonly T[]): Answer {
  const { items, headers } = listed(parts, call, all);
  return { status: 200, body: items, headers };
}

/** One page of a list that has no `Link` header, only the total. */
export function counted<T>(parts: GiteaParts, call: Parameters<typeof listed>[1], all: readonly T[]): Answer {
  const { items, headers } = listed(parts, call, all);
  return { status: 200, body: items, headers: { 'x-total-count': headers['x-total-count'] ?? '' } };
}

/** One page of a timeline: its total is that of the page, and nothing is `null`. */
export function timeline<T>(parts: GiteaParts, call: Parameters<typeof listed>[1], all: readonly T[]): Answer {
  const { items } = listed(parts, call, all);
  return { status: 200, body: items.length === 0 ? null : items, headers: { 'x-total-count': String(items.length) } };
}
