import { Forbidden, Unauthenticated } from '@sluice/kernel';
import { oauthOf, type PersonalWays } from '@sluice/forge-http';
import type { ForgeParts, ForgePeople } from '@sluice/usecases';
import type { Call, GitlabApi } from './gitlab-api.js';
import { zSelf, zToken } from './schema.js';

/** Approving, and writing notes, takes the whole API: docs.gitlab.com/security/tokens/access_token_scopes */
const SCOPE = 'api';

/** docs.gitlab.com/api/oauth2/#authorization-code-with-proof-key-for-code-exchange-pkce */
export function gitlabPeople(api: GitlabApi, parts: ForgeParts, ways: PersonalWays): ForgePeople {
  const pages = { forge: 'GitLab', authorize: `${api.url}/oauth/authorize`, token: `${api.url}/oauth/token`, scope: SCOPE };
  return { ...oauthOf(pages, parts), whose: (token) => whose(api, token, ways) };
}

async function whose(api: GitlabApi, token: string, ways: PersonalWays): Promise<string> {
  const way = ways.ofNobody();
  const user: Call = { method: 'GET', path: '/user', action: 'say whose token it is' };
  const answer = await api.callAs({ token, way }, user);
  if (answer.status === 401) throw new Unauthenticated('GitLab does not know this token: it has ended, was revoked, or is of another GitLab');
  if (answer.status === 403) throw new Forbidden(`the token lacks the scope ${SCOPE}, which reviewing takes`);
  const { username } = api.read(zSelf, answer, user);
  // a token of OAuth is none of these, and has the scope that was asked for
  const itself = await api.callAs({ token, way }, { method: 'GET', path: '/personal_access_tokens/self', action: 'describe the token' });
  const scopes = itself.status === 200 ? zToken.safeParse(itself.body).data?.scopes : undefined;
  if (scopes !== undefined && !scopes.includes(SCOPE)) throw new Forbidden(`the token lacks the scope ${SCOPE}, which reviewing takes`);
  return username;
}
