import { Forbidden, Unauthenticated } from '@sluice/kernel';
import { oauthOf, type ForgeLimits, type PersonalWays } from '@sluice/forge-http';
import type { ForgeConnection, ForgeParts, ForgePeople } from '@sluice/usecases';
import type { GithubApi } from './github-api.js';
import { zAccountName } from './schema.js';

/** Classic tokens and those of OAuth apps have scopes; fine-grained ones and those of GitHub Apps have permissions, which GitHub tells nobody. */
const SCOPES: readonly string[] = ['repo', 'public_repo'];

/**
 * A GitHub App's web application flow: what it may do are the app's permissions, so no scope is asked for.
 * docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
 */
export function githubPeople(api: GithubApi, connection: ForgeConnection, { parts, limits, ways }: { readonly parts: ForgeParts; readonly limits: Partial<ForgeLimits>; readonly ways: PersonalWays }): ForgePeople {
  const pages = { forge: 'GitHub', authorize: `${connection.url}/login/oauth/authorize`, token: `${connection.url}/login/oauth/access_token` };
  return { ...oauthOf(pages, parts, limits), whose: (token) => whose(api, token, ways) };
}

/** docs.github.com/en/rest/users/users#get-the-authenticated-user */
async function whose(api: GithubApi, token: string, ways: PersonalWays): Promise<string> {
  const call = { route: 'GET /user', action: 'read whose token it is' };
  const reply = await api.callAs({ token, way: ways.ofNobody() }, call);
  if (reply.status === 401) throw new Unauthenticated('GitHub does not know this token: it has ended, was revoked, or is of another GitHub');
  const scopes = reply.headers['x-oauth-scopes'];
  if (reply.status < 300 && typeof scopes === 'string' && scopes !== '' && !scopes.split(/, */).some((scope) => SCOPES.includes(scope))) throw new Forbidden('the token lacks the scope repo, which reviewing takes');
  return api.read(zAccountName, reply, call).login;
}
