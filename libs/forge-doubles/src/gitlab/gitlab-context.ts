import type { Account, Grant } from '../base/accounts.js';
import type { DoubleRepository } from '../base/double-repository.js';
import type { StoredRequest } from '../base/records.js';
import { ApiError, type Call } from '../base/route.js';
import type { World } from '../base/world.js';
import type { GitlabProjects } from './gitlab-projects.js';

/** Roles: docs.gitlab.com/api/access_requests/#valid-access-levels */
export const REPORTER = 20;
export const DEVELOPER = 30;
export const MAINTAINER = 40;

/** What every route of GitLab works with. */
export class GitlabContext {
  constructor(
    readonly world: World,
    readonly projects: GitlabProjects,
  ) {}

  /** The project that the path names, by its path or number. @throws ApiError 404 when it is not there, or not for this role; 403 when the scope does not do */
  project({ params, grant, method }: Pick<Call, 'params' | 'grant' | 'method'>, role = REPORTER): DoubleRepository {
    const repository = this.world.repository(params['id'] ?? '');
    if (!repository || !grant || !sees(grant, repository)) throw notFound('Project');
    const wanted = method === 'GET' ? ['api', 'read_api'] : ['api'];
    if (!wanted.some((scope) => scopesOf(grant).includes(scope))) {
      throw new ApiError({ status: 403, body: { error: 'insufficient_scope', error_description: 'The request requires higher privileges than provided by the access token.', scope: wanted.join(' ') } });
    }
    if (roleOf(grant) < role) throw new ApiError({ status: 403, body: { message: '403 Forbidden' } });
    return repository;
  }

  /** @throws ApiError 404 */
  request(repository: DoubleRepository, { params }: Pick<Call, 'params'>): StoredRequest {
    const request = repository.requests.get(Number(params['iid']));
    if (!request) throw notFound();
    return request;
  }

  account({ grant }: Pick<Call, 'grant'>): Account {
    if (!grant) throw new ApiError({ status: 401, body: { message: '401 Unauthorized' } });
    return grant.account;
  }
}

export function roleOf(grant: Grant): number {
  return Number(grant.rights['role'] ?? MAINTAINER);
}

export function scopesOf(grant: Grant): readonly string[] {
  return (grant.rights['scopes'] ?? 'api').split(',');
}

export function sees({ paths }: Grant, { path }: DoubleRepository): boolean {
  return paths === undefined || paths.includes(path);
}

export function notFound(what?: string): ApiError {
  return new ApiError({ status: 404, body: { message: what === undefined ? '404 Not found' : `404 ${what} Not Found` } });
}

export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function userOf({ id, login, name }: Account, url: string): object {
  return { id, username: login, name, state: 'active', locked: false, avatar_url: null, web_url: `${url}/${login}` };
}
