import type { Grant } from '../base/accounts.js';
import type { Payloads } from '../base/deliveries.js';
import type { DoubleRepository } from '../base/double-repository.js';
import { OauthPages } from '../base/oauth-pages.js';
import type { Answer, Call, Route } from '../base/route.js';
import type { Refusal, Skin } from '../base/skin.js';
import type { World } from '../base/world.js';
import { DEVELOPER, GitlabContext, REPORTER, roleOf, scopesOf, sees } from './gitlab-context.js';
import { type GitlabSettings, GitlabProjects } from './gitlab-projects.js';
import { hookRoutes } from './hook-routes.js';
import { mergeRoutes } from './merge-routes.js';
import { GITLAB_OAUTH } from './oauth-dialect.js';
import { gitlabPayloads } from './payloads.js';
import { projectRoutes } from './project-routes.js';
import { repositoryRoutes } from './repository-routes.js';
import { requestRoutes } from './request-routes.js';
import { reviewRoutes } from './review-routes.js';
import { statusRoutes } from './status-routes.js';

/** GitLab's REST API, version 4, as of GitLab 18: the routes that Sluice uses, each after its page of docs.gitlab.com. A grant's rights are `scopes` (with commas between them) and `role` (10 to 50). */
export class GitlabSkin implements Skin {
  readonly routes: readonly Route[];
  readonly conditional = true;
  /** Calls that are left in this minute. */
  quota = 1_999;
  readonly oauth: OauthPages;
  private readonly projects = new GitlabProjects();

  constructor(private readonly world: World) {
    const context = new GitlabContext(world, this.projects);
    this.oauth = new OauthPages(world, GITLAB_OAUTH);
    this.routes = [() => this.oauth.routes, requestRoutes, mergeRoutes, reviewRoutes, statusRoutes, repositoryRoutes, projectRoutes, hookRoutes].flatMap((routes) => routes(context));
  }

  /** What a project's owner chose; a test may change it. */
  settings(repository: DoubleRepository): GitlabSettings {
    return this.projects.of(repository);
  }

  /** docs.gitlab.com/api/rest/authentication: a token of OAuth in its own header only, an access token in both. */
  authenticate(headers: Readonly<Record<string, string>>): Grant | undefined {
    const [, bearer] = /^Bearer (\S+)$/.exec(headers['authorization'] ?? '') ?? [];
    const grant = this.world.accounts.of(bearer ?? headers['private-token'] ?? '', this.world.now());
    return bearer === undefined && grant?.kind === 'oauth' ? undefined : grant;
  }

  /** docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes */
  gitRight(grant: Grant | undefined, repository: DoubleRepository): 'none' | 'read' | 'write' {
    if (!grant || !sees(grant, repository) || roleOf(grant) < REPORTER) return 'none';
    const scopes = scopesOf(grant);
    if (roleOf(grant) >= DEVELOPER && scopes.some((scope) => scope === 'api' || scope === 'write_repository')) return 'write';
    return scopes.some((scope) => scope === 'api' || scope === 'read_repository') ? 'read' : 'none';
  }

  refuse(refusal: Refusal, message: string): Answer {
    switch (refusal) {
      case 'malformed':
        return { status: 400, body: { error: message.slice(0, 1_000) } };
      case 'unauthenticated':
        return { status: 401, body: { message: '401 Unauthorized' } };
      case 'unknown route':
        return { status: 404, body: { error: '404 Not Found' } };
      case 'broken':
        return { status: 500, body: { message: '500 Internal Server Error' } };
    }
  }

  wrongHeaders({ headers, body }: Pick<Call, 'headers' | 'body'>): string | undefined {
    if (headers['authorization'] !== undefined && headers['private-token'] !== undefined) return 'two credentials';
    return body !== undefined && headers['content-type'] !== 'application/json' ? 'a body without "content-type: application/json"' : undefined;
  }

  /** docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers */
  headers(): Readonly<Record<string, string>> {
    const minute = Math.ceil((this.world.now() + 1) / 60_000) * 60;
    return { 'ratelimit-limit': '2000', 'ratelimit-observed': '1', 'ratelimit-remaining': String(this.quota), 'ratelimit-reset': String(minute), 'ratelimit-name': 'throttle_authenticated_api' };
  }

  get payloads(): Payloads {
    return gitlabPayloads(this.world.url);
  }
}
