import { Forbidden, Unauthenticated } from '@sluice/kernel';
import { oauthOf, type PersonalWays } from '@sluice/forge-http';
import type { ForgeParts, ForgePeople } from '@sluice/usecases';
import { missingScope } from './api-error.js';
import { type Call, type GiteaApi, LIMITS } from './gitea-api.js';
import { zSelf } from './schema.js';

/** Since Gitea 1.23 they limit what a token of OAuth may do; before, and on Forgejo, it may do everything that its person may. */
const SCOPE = 'write:repository read:user';

/** docs.gitea.com/development/oauth2-provider, forgejo.org/docs/latest/user/oauth2-provider */
export function giteaPeople(api: GiteaApi, parts: ForgeParts, ways: PersonalWays): ForgePeople {
  const pages = { forge: api.forge, authorize: `${api.url}/login/oauth/authorize`, token: `${api.url}/login/oauth/access_token`, scope: SCOPE, isWornOut };
  return { ...oauthOf(pages, parts, LIMITS), whose: (token) => whose(api, token, ways) };
}

/** Both say the same of a code or refresh token that is of no use and of a client whose secret is wrong; only the description tells them apart. */
function isWornOut(code: string, description: string): boolean {
  return code === 'unauthorized_client' && !/client (id|secret)|redirect/i.test(description);
}

/** Follows userGetCurrent. What else a token may do no call tells. */
async function whose(api: GiteaApi, token: string, ways: PersonalWays): Promise<string> {
  const call: Call = { method: 'GET', path: '/user', action: 'see whose token it is' };
  const answer = await api.callAs({ token, way: ways.ofNobody() }, call);
  if (answer.status === 401) throw new Unauthenticated(`${api.forge} does not know this token: it has ended, was revoked, or is of another instance`);
  if (missingScope(answer) !== undefined) throw new Forbidden('the token lacks the scope read:user: reviewing takes write:repository and read:user');
  return api.read(zSelf, answer, call.action).login;
}
