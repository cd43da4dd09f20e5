import { randomBytes, verify } from 'node:crypto';
import type { Grant } from '../base/accounts.js';
import type { Route } from '../base/route.js';
import { type App, githubError, type GithubContext, isoTime } from './context.js';
import { type GithubCall, githubRoute } from './github-route.js';
import { OpenApi } from './openapi.js';
import { type Shape, Shapes } from './shapes.js';

/** Apps and accounts: who asks. */
export function appRoutes(context: GithubContext): readonly Route[] {
  const shapes = new Shapes(context.world);
  return [
    githubRoute({
      method: 'GET',
      path: '/user',
      handle: (call) => {
        if (!call.grant || ['installation', 'app'].includes(call.grant.kind)) throw githubError(403, 'Resource not accessible by integration');
        return { status: 200, body: { ...OpenApi.load().example<Shape>('private-user-response-with-public-profile-information'), ...shapes.account(call.grant.account) } };
      },
    }),
    githubRoute({ method: 'GET', path: '/app', handle: (call) => ({ status: 200, body: { ...OpenApi.load().example<Shape>('integration'), id: appOf(context, call).id, slug: appOf(context, call).slug } }) }),
    githubRoute({
      method: 'GET',
      path: '/repos/{owner}/{repo}/installation',
      handle: (call) => {
        const owner = (call.params['owner'] ?? '').toLowerCase();
        const found = [...appOf(context, call).installations.values()].find((one) => one.owner.toLowerCase() === owner);
        if (!found) throw githubError(404, 'Not Found');
        return { status: 200, body: { ...OpenApi.load().example<Shape>('installation'), id: found.id, permissions: found.permissions } };
      },
    }),
    githubRoute({
      method: 'POST',
      path: '/app/installations/{installation_id}/access_tokens',
      handle: (call) => {
        const app = appOf(context, call);
        const installation = app.installations.get(Number(call.params['installation_id']));
        if (!installation) throw githubError(404, 'Not Found');
        const token = `ghs_${randomBytes(18).toString('hex')}`;
        // GitHub's times have no fractions of a second
        const expiresAt = Math.floor((context.world.now() + context.state.tokenLifetime) / 1_000) * 1_000;
        context.world.accounts.grant(app.bot.login, { token, kind: 'installation', rights: installation.permissions, expiresAt });
        return { status: 201, body: { token, expires_at: isoTime(expiresAt), permissions: installation.permissions, repository_selection: 'selected' } };
      },
    }),
  ];
}

function appOf({ state }: GithubContext, { grant }: GithubCall): App {
  const app = grant?.kind === 'app' ? state.apps.get(Number(grant.rights['id'])) : undefined;
  if (!app) throw githubError(401, 'A JSON web token could not be decoded');
  return app;
}

/** Seconds; a token of an app may not live longer. */
const LONGEST = 10 * 60;

/** Who signed a JSON Web Token: docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
export function appGrant({ world, state }: GithubContext, jwt: string): Grant | undefined {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const claims = decoded(payload);
  const app = state.apps.get(Number(claims['iss']));
  if (!app || decoded(header)['alg'] !== 'RS256' || !isCurrent(claims, world.now() / 1_000)) return undefined;
  if (!verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), app.publicKey, Buffer.from(signature, 'base64url'))) return undefined;
  return { token: jwt, kind: 'app', account: app.bot, rights: { id: String(app.id) } };
}

/** Sixty seconds of what clocks differ by are allowed at its beginning. */
function isCurrent({ iat, exp }: Readonly<Record<string, unknown>>, now: number): boolean {
  if (typeof iat !== 'number' || typeof exp !== 'number' || iat > now || exp <= now) return false;
  return exp <= now + LONGEST && exp - iat <= LONGEST + 60;
}

function decoded(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
