import { API, pathOf, type Route } from '@sluice/contracts';
import { describeCombinations, type Services } from '@sluice/testing';
import { START_TIMEOUT, startTestServer, type Answer, type TestServer } from './test-server.fixture.js';
import { TestStream } from './test-stream.fixture.js';

const SLACK = { teamId: 'T024BE7LH', userId: 'U024BE7LH' };

describeCombinations('who one is', (combination) => {
  let services: Services;
  let server: TestServer;
  const admin = (method: string, path: string, body?: unknown): Promise<Answer> => server.call(method, path, { token: server.adminToken, ...(body !== undefined && { body }) });

  beforeAll(async () => {
    services = await combination.start();
    server = await startTestServer(services);
    for (const name of ['grace', 'alan']) await admin('POST', '/api/v1/people', { name, displayName: name });
    for (const name of ['ci', 'slack-bot']) await admin('POST', '/api/v1/people', { name, displayName: name, service: true });
  }, START_TIMEOUT);
  afterAll(async () => {
    await server.stop();
    await services.stop();
  });

  async function tokenOf(person: string, limits: Record<string, unknown> = {}): Promise<string> {
    return API.createTokenFor.reply.parse((await admin('POST', `/api/v1/people/${person}/tokens`, { label: 'test', ...limits })).body).token;
  }
  async function sessionOf(person: string): Promise<Record<string, string>> {
    const { url } = API.createLoginLink.reply.parse((await admin('POST', '/api/v1/login-links', { person })).body);
    const answer = await server.call('POST', '/api/v1/session', { body: { secret: new URL(url).hash.slice(1) } });
    return { cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '', origin: server.url };
  }
  const status = async (token: string, route: Route, body?: unknown, params?: Record<string, string>) => (await server.call(route.method, pathOf(route, params), { token, ...(body !== undefined && { body }) })).status;

  describe('a token', () => {
    it('with scopes does what they name and nothing else', async () => {
      const token = await tokenOf('ada', { scopes: ['read', 'report'] });
      expect([await status(token, API.me), await status(token, API.repositories)]).toEqual([200, 200]);
      const refused = await server.call('POST', '/api/v1/promote', { token, body: { repository: 'shop', application: 'cart', environment: 'qa' } });
      expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringMatching(/scopes read, report, and this needs promote/) } });
      expect([await status(token, API.people), await status(token, API.createOwnToken, { label: 'more' }), await status(token, API.createLoginLink, {}), await status(token, API.createSlackCode)]).toEqual([403, 403, 403, 403]);
    });

    it('never does more than its person may', async () => {
      expect(await status(await tokenOf('grace', { scopes: ['admin'] }), API.people)).toBe(403);
      expect(await status(await tokenOf('ada', { scopes: ['admin'] }), API.people)).toBe(200);
    });

    it('for some repositories touches no other, and nothing that is about all', async () => {
      const token = await tokenOf('ada', { repositories: ['shop'] });
      expect([await status(token, API.matrix, undefined, { repository: 'shop' }), await status(token, API.matrix, undefined, { repository: 'vault' })]).toEqual([404, 403]);
      expect([await status(token, API.repositories), await status(token, API.people), await status(token, API.promotions)]).toEqual([403, 403, 403]);
      // what a route does not read says nothing about it
      expect([(await server.call('GET', '/api/v1/repositories?repository=shop', { token })).status, (await server.call('GET', '/api/v1/events?repository=shop', { token })).status]).toEqual([403, 403]);
      const promote = (repository: string, query = '') => server.call('POST', `/api/v1/promote${query}`, { token, body: { repository, application: 'cart', environment: 'qa' } });
      expect([(await promote('shop')).status, (await promote('vault')).status, (await promote('vault', '?repository=shop')).status]).toEqual([404, 403, 403]);
    });

    it('is refused to git beyond its limits', async () => {
      const git = async (token: string) => (await server.call('GET', '/git/shop.git/info/refs?service=git-upload-pack', { headers: { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` } })).status;
      expect([await git(await tokenOf('ada', { scopes: ['report'] })), await git(await tokenOf('ada', { repositories: ['vault'] })), await git(await tokenOf('ada', { scopes: ['read'], repositories: ['shop'] }))]).toEqual([403, 403, 404]);
    });

    it('is listed to its owner and to admins, with its last use, and never with its secret', async () => {
      const token = await tokenOf('alan', { label: 'laptop', scopes: ['read'] });
      await status(token, API.me);
      const own = await server.call('GET', '/api/v1/tokens', { token });
      const [entry] = API.tokens.reply.parse(own.body).items;
      expect(entry).toMatchObject({ person: 'alan', label: 'laptop', scopes: ['read'], current: true, usedAt: expect.any(String) });
      expect(JSON.stringify(own.body)).not.toContain(token);
      expect((await server.call('GET', '/api/v1/tokens?everybody=true', { token })).status).toBe(403);
      const all = API.tokens.reply.parse((await admin('GET', '/api/v1/tokens?everybody=true')).body).items;
      expect(all.map(({ person }) => person)).toEqual(expect.arrayContaining(['alan', 'ada']));
    });

    it('is revoked by its owner or an admin, and to others is not there', async () => {
      const [grace, alan] = [await tokenOf('grace'), await tokenOf('alan')];
      const idOf = async (token: string) => API.tokens.reply.parse((await server.call('GET', '/api/v1/tokens', { token })).body).items.find(({ current }) => current)?.id ?? '';
      const [graces, alans] = [await idOf(grace), await idOf(alan)];
      expect((await server.call('DELETE', `/api/v1/tokens/${alans}`, { token: grace })).status).toBe(404);
      expect((await server.call('DELETE', `/api/v1/tokens/${graces}`, { token: grace })).status).toBe(204);
      expect((await admin('DELETE', `/api/v1/tokens/${alans}`)).status).toBe(204);
      expect([await status(grace, API.me), await status(alan, API.me)]).toEqual([401, 401]);
    });

    it('makes its person none that outlives it; a session does, and an admin for others', async () => {
      const days = (count: number) => count * 86_400;
      const short = await tokenOf('grace', { ttlSeconds: days(7) });
      const ends = API.tokens.reply.parse((await server.call('GET', '/api/v1/tokens', { token: short })).body).items.find(({ current }) => current)?.expiresAt ?? '';
      const make = (body: object, as: object = { token: short }) => server.call('POST', '/api/v1/me/tokens', { body, ...as });
      const endOf = (answer: Answer): string => API.createOwnToken.reply.parse(answer.body).expiresAt;
      expect(await make({ label: 'x', ttlSeconds: days(90) })).toMatchObject({ status: 403, body: { detail: expect.stringContaining(`your token ends at ${ends}`) } });
      expect(endOf(await make({ label: 'x' }))).toBe(ends);
      expect(Date.parse(endOf(await make({ label: 'x', ttlSeconds: days(1) })))).toBeLessThan(Date.parse(ends));
      expect((await make({ label: 'x', ttlSeconds: days(90) }, { headers: await sessionOf('grace') })).status).toBe(201);
      const root = await tokenOf('ada', { ttlSeconds: days(7) });
      const forPerson = (person: string) => server.call('POST', `/api/v1/people/${person}/tokens`, { token: root, body: { ttlSeconds: days(90) } });
      expect([(await forPerson('ada')).status, (await forPerson('grace')).status]).toEqual([403, 201]);
    });

    it('takes along at its end what was made with it: login links, the sessions and tokens by them, and what those made', async () => {
      const lost = await tokenOf('grace', { ttlSeconds: 3_600 });
      const ends = API.tokens.reply.parse((await server.call('GET', '/api/v1/tokens', { token: lost })).body).items.find(({ current }) => current);
      const linkOf = async (token: string) => new URL(API.createLoginLink.reply.parse((await server.call('POST', '/api/v1/login-links', { token, body: {} })).body).url).hash.slice(1);
      const signIn = async (secret: string) => ({ cookie: (await server.call('POST', '/api/v1/session', { body: { secret } })).headers.get('set-cookie')?.split(';')[0] ?? '', origin: server.url });
      const session = await signIn(await linkOf(lost));
      const byLink = API.createToken.reply.parse((await server.call('POST', '/api/v1/tokens', { body: { secret: await linkOf(lost), label: 'cli' } })).body);
      const bySession = API.createOwnToken.reply.parse((await server.call('POST', '/api/v1/me/tokens', { headers: session, body: { label: 'x' } })).body);
      const again = await signIn(await linkOf(bySession.token));
      const unspent = await linkOf(lost);
      const own = await sessionOf('grace');
      expect([byLink.expiresAt, bySession.expiresAt]).toEqual([ends?.expiresAt, ends?.expiresAt]);
      expect(await server.call('POST', '/api/v1/me/tokens', { headers: session, body: { label: 'x', ttlSeconds: 90 * 86_400 } })).toMatchObject({ status: 403 });
      const seen = async () => Promise.all([...[lost, byLink.token, bySession.token].map((token) => ({ token })), ...[session, again, own].map((headers) => ({ headers }))].map(async (as) => (await server.call('GET', '/api/v1/me', as)).status));
      expect(await seen()).toEqual([200, 200, 200, 200, 200, 200]);
      const stream = await TestStream.open(`${server.url}${API.events.path}`, { cookie: again.cookie });
      expect((await server.call('DELETE', `/api/v1/tokens/${ends?.id}`, { headers: own })).status).toBe(204);
      expect(await seen()).toEqual([401, 401, 401, 401, 401, 200]);
      expect((await server.call('POST', '/api/v1/session', { body: { secret: unspent } })).status).toBe(401);
      await stream.untilEnd();
      const { items } = API.audit.reply.parse((await admin('GET', '/api/v1/audit/entries')).body);
      expect(items.slice(0, 5).map(({ entry }) => entry.action).sort()).toEqual(['session.end', 'session.end', 'token.revoke', 'token.revoke', 'token.revoke']);
    });

    it('lives a year at most', async () => {
      expect((await admin('POST', '/api/v1/people/grace/tokens', { ttlSeconds: 31_536_001 })).status).toBe(400);
    });
  });

  describe('a service account', () => {
    it('has tokens and cannot sign in', async () => {
      expect(await status(await tokenOf('ci', { scopes: ['read'] }), API.repositories)).toBe(200);
      expect(await admin('POST', '/api/v1/login-links', { person: 'ci' })).toMatchObject({ status: 403, body: { detail: expect.stringMatching(/service account/) } });
    });

    it('is no admin', async () => {
      expect((await admin('POST', '/api/v1/people', { name: 'robot', displayName: 'Robot', service: true, admin: true })).status).toBe(400);
    });

    it('that a person becomes ends their sessions', async () => {
      await admin('POST', '/api/v1/people', { name: 'former', displayName: 'Former' });
      const session = await sessionOf('former');
      await admin('POST', '/api/v1/people', { name: 'former', displayName: 'Former', service: true });
      expect((await server.call('GET', '/api/v1/me', { headers: session })).status).toBe(401);
    });
  });

  it('nobody is called like Sluice itself: what they did would be recorded as its own', async () => {
    expect(await admin('POST', '/api/v1/people', { name: 'sluice', displayName: 'Eve' })).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/choose another name/) } });
  });

  describe('sessions', () => {
    it('are listed to whose they are, who can end one of them', async () => {
      const [here, elsewhere] = [await sessionOf('grace'), await sessionOf('grace')];
      const { items } = API.sessions.reply.parse((await server.call('GET', '/api/v1/me/sessions', { headers: here })).body);
      const other = items.find(({ current }) => !current);
      const alan = await sessionOf('alan');
      expect((await server.call('DELETE', `/api/v1/me/sessions/${other?.id ?? ''}`, { headers: alan })).status).toBe(404);
      expect((await server.call('DELETE', `/api/v1/me/sessions/${other?.id ?? ''}`, { headers: here })).status).toBe(204);
      expect([(await server.call('GET', '/api/v1/me', { headers: here })).status, (await server.call('GET', '/api/v1/me', { headers: elsewhere })).status]).toEqual([200, 401]);
    });

    it('change nothing for a form, or for a page of another site', async () => {
      const session = await sessionOf('grace');
      const post = (headers: Record<string, string>, body = 'label=x') => server.call('POST', '/api/v1/me/tokens', { body, headers: { ...session, ...headers } });
      expect((await post({ 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
      expect((await post({ 'content-type': 'text/plain' }, '{"label":"x"}')).status).toBe(415);
      expect((await post({ 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' }, '{"label":"x"}')).status).toBe(403);
      expect((await post({ 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }, '{"label":"x"}')).status).toBe(201);
    });
  });

  describe('a Slack account', () => {
    const bot = () => tokenOf('slack-bot', { scopes: ['slack'] });
    const codeOf = async (person: string) => API.createSlackCode.reply.parse((await server.call('POST', '/api/v1/me/slack-links', { headers: await sessionOf(person) })).body).code;
    const finish = (token: string, code: string, who = SLACK) => server.call('POST', '/api/v1/slack/links', { token, body: { ...who, code } });

    it('is linked by a code from a signed-in session, once, and both sides are told', async () => {
      const token = await bot();
      const code = await codeOf('grace');
      expect(code).toMatch(/^[A-Z2-9]{8}$/);
      expect(await finish(token, `${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`)).toMatchObject({ status: 200, body: { person: 'grace', ...SLACK } });
      expect((await finish(token, code, { ...SLACK, userId: 'U2' })).status).toBe(400);
      expect(await server.call('GET', `/api/v1/slack/links/${SLACK.teamId}/${SLACK.userId}`, { token })).toMatchObject({ status: 200, body: { person: 'grace', displayName: 'grace' } });
      expect((await server.ports.events.after(undefined, 1_000)).events.map(({ message }) => message)).toContain('the Slack account U024BE7LH of T024BE7LH was linked with grace');
    });

    it('is not taken over by the code of somebody else, until it is unlinked', async () => {
      const token = await bot();
      expect(await finish(token, await codeOf('alan'))).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/grace’s/) } });
      expect((await server.call('DELETE', `/api/v1/slack/links/${SLACK.teamId}/${SLACK.userId}`, { token })).status).toBe(204);
      expect((await server.call('GET', `/api/v1/slack/links/${SLACK.teamId}/${SLACK.userId}`, { token })).status).toBe(404);
    });

    it('cannot try many codes', async () => {
      const token = await bot();
      const guesser = { ...SLACK, userId: 'UGUESSER' };
      for (let tried = 0; tried < 5; tried++) expect((await finish(token, 'AAAAAAAA', guesser)).status).toBe(400);
      expect((await finish(token, await codeOf('alan'), guesser)).status).toBe(403);
    });

    it('is said by nobody but a service account with that scope', async () => {
      const code = await codeOf('alan');
      expect([(await finish(server.adminToken, code)).status, (await finish(await tokenOf('ci'), code)).status, (await finish(await tokenOf('ci', { scopes: ['read'] }), code)).status]).toEqual([403, 403, 403]);
      expect((await admin('POST', '/api/v1/people/grace/tokens', { scopes: ['slack'] })).status).toBe(400);
    });
  });

  describe('a code for the command line', () => {
    const VERIFIER = 'v'.repeat(43);
    const CHALLENGE = 'yaQ0XmSIBn5zXi5-hCCUTYCm-9LxBMEIFLxwhBbGNJQ';
    const make = async (challenge: string) => API.createLoginCode.reply.parse((await server.call('POST', '/api/v1/me/login-codes', { body: { challenge }, headers: await sessionOf('grace') })).body).code;
    const spend = (secret: string, verifier?: string) => server.call('POST', '/api/v1/tokens', { body: { secret, label: 'cli', verifier } });

    it('is spent once, by the program that wanted it', async () => {
      const { createHash } = await import('node:crypto');
      const code = await make(createHash('sha256').update(VERIFIER).digest('base64url'));
      expect((await spend(code, 'w'.repeat(43))).status).toBe(401);
      expect((await spend(code)).status).toBe(401);
      expect(await spend(code, VERIFIER)).toMatchObject({ status: 201, body: { person: 'grace' } });
      expect((await spend(code, VERIFIER)).status).toBe(401);
      expect((await spend(await make(CHALLENGE), VERIFIER)).status).toBe(401);
    });
  });
});
