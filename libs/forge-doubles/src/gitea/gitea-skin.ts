import { OauthPages } from '../base/oauth-pages.js';
import type { Call } from '../base/route.js';
import { API, failure, type GiteaParts, permissionOf } from './parts.js';
import type { Refusal, Skin } from '../base/skin.js';
import type { World } from '../base/world.js';
import { DIALECTS, type GiteaKind } from './dialect.js';
import { hookRoutes } from './hook-routes.js';
import { labelRoutes } from './label-routes.js';
import { giteaOauth } from './oauth-dialect.js';
import { mergeRoute } from './merge-route.js';
import { deliveriesOf } from './payloads.js';
import { recordRoutes } from './record-routes.js';
import { repositoryRoutes } from './repository-routes.js';
import { requestRoutes } from './request-routes.js';

const STATUSES: Readonly<Record<Refusal, number>> = { malformed: 422, unauthenticated: 401, 'unknown route': 404, broken: 500 };
const LEVELS = ['', 'read', 'write'];

export interface GiteaOptions {
  readonly kind: GiteaKind;
  /** Merges that are answered with "Please try again later"; a test may set it. */
  readonly checking?: { left: number };
  /** Items of a page, however many are asked for; 50 unless the instance is configured otherwise. */
  readonly maxItems?: number;
}

/**
 * Gitea's (1.22 and up) or Forgejo's (7 and up) wire protocol: each route names the operation of Gitea's swagger document that it follows, which Forgejo shares (codeberg.org/api/swagger). Rights of a
 * grant: scopes (`repository`, `issue`, `user`: `read` or `write`) and `permission` (`read`, `write` or `admin`) for the repositories.
 */
export function giteaSkin({ kind, checking = { left: 0 }, maxItems = 50 }: GiteaOptions): (world: World) => Skin {
  return (world) => {
    const parts: GiteaParts = { world, dialect: DIALECTS[kind], checking, maxItems };
    const oauth = new OauthPages(world, giteaOauth(kind));
    return {
      oauth,
      routes: [...oauth.routes, ...repositoryRoutes(parts), ...requestRoutes(parts), mergeRoute(parts), ...recordRoutes(parts), ...labelRoutes(parts), ...hookRoutes(parts)],
      authenticate: ({ authorization = '' }) => world.accounts.of(/^(?:token|bearer) (\S+)$/i.exec(authorization)?.[1] ?? '', world.now()),
      gitRight: (grant, repository) => {
        if (!grant || (grant.paths && !grant.paths.includes(repository.path))) return 'none';
        const scope = grant.rights['repository'] ?? '';
        return scope === 'write' && permissionOf({ grant }) !== 'read' ? 'write' : scope === '' ? 'none' : 'read';
      },
      refuse: (refusal, message) => failure(world, STATUSES[refusal], message).answer,
      wrongHeaders: ({ headers, body }) => (body !== undefined && !headers['content-type']?.startsWith('application/json') ? 'a body without content-type: application/json' : undefined),
      before: (call) => scopeRefusal(parts, call) ?? redirection(parts, call),
      payloads: (event, hook, repository) => deliveriesOf(parts, event, hook, repository),
      conditional: false,
    };
  };
}

/** `RedirectToRepo` of `services/context/repo.go`: 301 whatever the method is, since git wants that. */
function redirection({ world }: GiteaParts, { url }: Call) {
  const path = /^\/repos\/([^/]+\/[^/]+)/.exec(url.pathname.slice(API.length))?.[1] ?? '';
  const moved = world.movedTo(path);
  return moved === undefined ? undefined : { status: 301, headers: { location: `${url.pathname.replace(path, moved)}${url.search}` } };
}

/** `tokenRequiresScopes` of `routers/api/v1/api.go`: each part of the API has a scope of its own. */
function scopeRefusal({ world, dialect }: GiteaParts, { method, url, grant }: Call) {
  const path = url.pathname.slice(API.length);
  const category = path.startsWith('/user') ? 'user' : /^\/repos\/[^/]+\/[^/]+\/(issues|labels)(\/|$)/.test(path) ? 'issue' : 'repository';
  const level = method === 'GET' ? 'read' : 'write';
  const given = grant?.rights[category] ?? '';
  return LEVELS.indexOf(given) >= LEVELS.indexOf(level) ? undefined : failure(world, 403, dialect.scopeMessage(`${level}:${category}`)).answer;
}
