import { z } from 'zod';
import type { OauthDialect, OauthRefusal } from '../base/oauth-pages.js';
import { EVERY_PERMISSION } from './permissions.js';

const HOUR = 3_600_000;
const CODES: Readonly<Record<OauthRefusal, string>> = { client: 'incorrect_client_credentials', redirect: 'redirect_uri_mismatch', code: 'bad_verification_code', pkce: 'bad_verification_code', 'refresh token': 'bad_refresh_token' };

/**
 * The web application flow of a GitHub App: no scopes, tokens that end after eight hours, and refresh tokens that are good for one time. Errors come with status 200.
 * docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app,
 * docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
 */
export const GITHUB_OAUTH: OauthDialect = {
  authorize: '/login/oauth/authorize',
  token: '/login/oauth/access_token',
  docs: 'docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app',
  scope: z.undefined().optional(),
  publicClients: false,
  lifetimes: { code: HOUR / 6, access: 8 * HOUR, refresh: 184 * 24 * HOUR },
  rotates: true,
  prefixes: { access: 'ghu_', refresh: 'ghr_' },
  grant: ({ rights = EVERY_PERMISSION }) => ({ kind: 'user', rights }),
  answer: ({ access, refresh }) => ({ access_token: access, expires_in: 28_800, refresh_token: refresh, refresh_token_expires_in: 15_897_600, scope: '', token_type: 'bearer' }),
  refuse: (refusal) => ({ status: 200, body: { error: CODES[refusal], error_description: `The ${refusal} passed is incorrect or expired.`, error_uri: 'https://docs.github.com/apps' } }),
  refusePage: () => ({ status: 404 }),
};
