import { z } from 'zod';
import type { OauthDialect, OauthRefusal } from '../base/oauth-pages.js';
import type { GiteaKind } from './dialect.js';

const HOUR = 3_600_000;
/** `routers/web/auth/oauth2_provider.go` */
const ERRORS: Readonly<Record<OauthRefusal, readonly [string, string]>> = {
  client: ['unauthorized_client', 'invalid client secret'],
  redirect: ['unauthorized_client', 'unexpected redirect URI'],
  code: ['unauthorized_client', 'client is not authorized'],
  pkce: ['unauthorized_client', 'failed PKCE code challenge'],
  'refresh token': ['unauthorized_client', 'unable to parse refresh token'],
};
const CATEGORIES = ['repository', 'issue', 'user'];

/**
 * Tokens end after an hour; a refresh token stays good (unless `INVALIDATE_REFRESH_TOKENS` is set). Scopes limit them on Gitea (since 1.23), not on Forgejo.
 * docs.gitea.com/development/oauth2-provider, forgejo.org/docs/latest/user/oauth2-provider
 */
export function giteaOauth(kind: GiteaKind): OauthDialect {
  return {
    authorize: '/login/oauth/authorize',
    token: '/login/oauth/access_token',
    docs: 'docs.gitea.com/development/oauth2-provider',
    scope: z.string().regex(/^((read|write):(repository|issue|user))( (read|write):(repository|issue|user))*$/),
    publicClients: true,
    lifetimes: { code: HOUR / 6, access: HOUR, refresh: 730 * HOUR },
    rotates: false,
    prefixes: { access: 'eyJ', refresh: 'eyJ' },
    grant: ({ rights }, scope) => ({ kind: 'oauth', rights: { permission: 'write', ...rights, ...(kind === 'gitea' ? limited(scope) : Object.fromEntries(CATEGORIES.map((category) => [category, 'write']))) } }),
    answer: ({ access, refresh }) => ({ access_token: access, token_type: 'bearer', expires_in: 3_600, refresh_token: refresh }),
    refuse: (refusal) => ({ status: 400, body: { error: ERRORS[refusal][0], error_description: ERRORS[refusal][1] } }),
    refusePage: () => ({ status: 400 }),
  };
}

function limited(scope: string): Readonly<Record<string, string>> {
  return Object.fromEntries(scope.split(' ').map((one) => one.split(':').reverse() as [string, string]));
}
