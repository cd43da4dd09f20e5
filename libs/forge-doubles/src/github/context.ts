import type { KeyObject } from 'node:crypto';
import type { Account, Grant } from '../base/accounts.js';
import type { DoubleRepository } from '../base/double-repository.js';
import type { StoredRequest } from '../base/records.js';
import { ApiError, type Call } from '../base/route.js';
import type { World } from '../base/world.js';

/** An app that is registered at the double. */
export interface App {
  readonly id: number;
  readonly slug: string;
  readonly publicKey: KeyObject;
  readonly bot: Account;
  readonly installations: Map<number, Installation>;
}

export interface Installation {
  readonly id: number;
  readonly owner: string;
  permissions: Readonly<Record<string, string>>;
}

/** What only GitHub has. */
export interface GithubState {
  readonly apps: Map<number, App>;
  /** Milliseconds that a token of an installation lives. */
  tokenLifetime: number;
  /** The primary rate limit of each token. */
  readonly limit: { max: number; resetAt: number };
  readonly used: Map<string, number>;
  /** Rules of branches, as a ruleset gives them: `type` and `parameters`. */
  readonly rules: Map<string, readonly { readonly type: string; readonly parameters?: unknown }[]>;
  /** Requests whose mergeability GitHub has not found out yet, and how often it will say so. */
  readonly unknownMergeability: Map<number, number>;
  draftsSupported: boolean;
}

export interface GithubContext {
  readonly world: World;
  readonly state: GithubState;
}

export type Needs = Readonly<Record<string, 'read' | 'write'>>;

/** An error in the form that GitHub's have: docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api */
export function githubError(status: number, message: string, more: { readonly errors?: unknown; readonly headers?: Readonly<Record<string, string>> } = {}): ApiError {
  const { errors, headers = {} } = more;
  return new ApiError({ status, headers, body: { message, ...(errors !== undefined && { errors }), documentation_url: 'https://docs.github.com/rest', status: String(status) } });
}

/** The repository of a call, as far as the caller may see it and do what the route does. Who may not see it is told that it is not there. */
export function repositoryOf({ world }: GithubContext, call: Pick<Call, 'params' | 'grant'>, needs: Needs = {}): DoubleRepository {
  const { grant } = call;
  const path = `${call.params['owner']}/${call.params['repo']}`;
  const repository = world.repository(path);
  if (!repository || !grant || (grant.paths && !grant.paths.includes(repository.path))) throw githubError(404, 'Not Found');
  requireRights(grant, needs);
  return repository;
}

const ENOUGH: Readonly<Record<'read' | 'write', readonly string[]>> = { read: ['read', 'write', 'admin'], write: ['write', 'admin'] };

function requireRights(grant: Grant, needs: Needs): void {
  if (grant.kind === 'classic') {
    const scopes = (grant.rights['scopes'] ?? '').split(',');
    const wanted = 'repository_hooks' in needs ? ['admin:repo_hook', 'write:repo_hook'] : ['repo'];
    // scopes that a token lacks look as if there were nothing
    if (!wanted.some((scope) => scopes.includes(scope))) throw githubError(404, 'Not Found');
    return;
  }
  for (const [permission, level] of Object.entries(needs)) {
    if (ENOUGH[level].includes(grant.rights[permission] ?? '')) continue;
    const who = ['installation', 'user'].includes(grant.kind) ? 'integration' : 'personal access token';
    throw githubError(403, `Resource not accessible by ${who}`, { headers: { 'x-accepted-github-permissions': `${permission}=${level}` } });
  }
}

export function requestOf(repository: DoubleRepository, number: string | undefined): StoredRequest {
  const request = repository.requests.get(Number(number));
  if (!request) throw githubError(404, 'Not Found');
  return request;
}

export function isoTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
