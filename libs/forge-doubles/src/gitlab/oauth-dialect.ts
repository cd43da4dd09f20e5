import { z } from 'zod';
import type { OauthDialect, OauthRefusal } from '../base/oauth-pages.js';
import type { Answer } from '../base/route.js';
import { DEVELOPER } from './gitlab-context.js';

const HOUR = 3_600_000;
const NO_CLIENT = 'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.';
const NO_GRANT = 'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.';

/**
 * Tokens end after two hours; a refresh token is good for one time. Errors stand in a header, too, as Doorkeeper writes them.
 * docs.gitlab.com/api/oauth2/#authorization-code-with-proof-key-for-code-exchange-pkce
 */
export const GITLAB_OAUTH: OauthDialect = {
  authorize: '/oauth/authorize',
  token: '/oauth/token',
  docs: 'docs.gitlab.com/api/oauth2/#authorization-code-with-proof-key-for-code-exchange-pkce',
  scope: z.enum(['api', 'read_api', 'read_user']),
  publicClients: true,
  lifetimes: { code: HOUR / 6, access: 2 * HOUR, refresh: 365 * 24 * HOUR },
  rotates: true,
  prefixes: { access: '', refresh: '' },
  grant: ({ rights }, scope) => ({ kind: 'oauth', rights: { role: String(DEVELOPER), ...rights, scopes: scope } }),
  answer: ({ access, refresh, scope }, now) => ({ access_token: access, token_type: 'Bearer', expires_in: 7_200, refresh_token: refresh, scope, created_at: Math.floor(now / 1_000) }),
  refuse,
  refusePage: (refusal) => ({ status: refusal === 'client' ? 401 : 400 }),
};

function refuse(refusal: OauthRefusal): Answer {
  const [status, error, description] = refusal === 'client' ? [401, 'invalid_client', NO_CLIENT] : [400, 'invalid_grant', NO_GRANT];
  return { status, body: { error, error_description: description }, headers: { 'www-authenticate': `Bearer realm="Doorkeeper", error="${error}", error_description="${description}"` } };
}
