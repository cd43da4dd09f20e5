import { API, pathOf, problem, type Route } from '@sluice/contracts';
import { OTHER_ROUTES } from './api/route-table.js';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type TestServer } from './test-server.fixture.js';

const PARAMETERS = { repository: 'shop', environment: 'qa', promotion: 'qa-cart-1', number: 1, commit: 'a'.repeat(40), cluster: 'qa-eu', person: 'ada', run: 'a'.repeat(16), credential: 'work', login: 'octocat', token: 'none', session: 'none', team: 'T024BE7LH', user: 'U024BE7LH', binding: 'none', right: 'none', sequence: 1, endpoint: 'none', notification: 1 };
const ROUTES: readonly (readonly [string, Route])[] = Object.entries(API);
const path = (route: Route) => pathOf(route, PARAMETERS);
const takes = (...access: Route['access'][]) => ROUTES.filter(([, route]) => access.includes(route.access));

/** On a server of its own: each bears with so many failures a minute from one address, and no more. */
function onItsServer(title: string, suite: (server: () => TestServer) => void): void {
  describe(title, () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startTestServer(ON_EMBEDDED);
    }, START_TIMEOUT);
    afterAll(() => server.stop());
    suite(() => server);
  });
}

async function expectUnauthenticated(server: TestServer, route: Route): Promise<void> {
  const { status, headers, body } = await server.call(route.method, path(route));
  expect(status).toBe(401);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  expect(problem.parse(body).detail).not.toBe('');
}

onItsServer('every route', (server) => {
  it('is in the table of docs/api.md, and every route of the table is served', () => {
    const served = server().server.routes.filter(({ method }) => method !== 'HEAD').map(({ method, path }) => `${method} ${path}`);
    const listed = [...ROUTES.map(([, route]) => route), ...OTHER_ROUTES.filter(({ path }) => path !== '/*')].map(({ method, path }) => `${method} ${path}`);
    expect(served.sort()).toEqual(listed.sort());
  });

  it.each(takes('person', 'admin'))('%s answers 401 without a credential', async (_, route) => {
    await expectUnauthenticated(server(), route);
  });
});

onItsServer('every route of people', (server) => {
  it.each(takes('person', 'admin', 'service'))('%s answers 401 to a token that is unknown', async (_, route) => {
    expect((await server().call(route.method, path(route), { token: 'slt_unknown' })).status).toBe(401);
  });
});

onItsServer('every other route', (server) => {
  it.each(takes('service', 'agent'))('%s answers 401 without a credential', async (_, route) => {
    await expectUnauthenticated(server(), route);
  });

  it.each(takes('agent'))('%s does not take the token of a person', async (_, route) => {
    expect((await server().call(route.method, path(route), { token: server().adminToken })).status).toBe(401);
  });

  it.each(takes('login', 'join'))('%s answers 401 to a secret that is unknown', async (_, route) => {
    const body = { secret: 'sll_'.padEnd(40, 'x'), joinToken: 'slj_'.padEnd(40, 'x'), protocol: 1, publicKey: 'A'.repeat(43), agentVersion: '1' };
    expect((await server().call(route.method, path(route), { body })).status).toBe(401);
  });

  it.each(takes('public'))('%s needs no credential', async (_, route) => {
    const { status, body } = await server().call(route.method, path(route));
    expect(status).toBe(200);
    route.reply?.parse(body);
  });

  it.each(takes('admin'))('%s answers 403 to somebody who is no admin', async (_, route) => {
    await server().call('POST', '/api/v1/people', { token: server().adminToken, body: { name: 'grace', displayName: 'Grace' } });
    const issued = await server().call('POST', '/api/v1/people/grace/tokens', { token: server().adminToken, body: {} });
    const { token } = API.createTokenFor.reply.parse(issued.body);
    expect((await server().call(route.method, path(route), { token })).status).toBe(403);
  });

  it.each(takes('service'))('%s answers 403 to a person, also to an admin', async (_, route) => {
    expect((await server().call(route.method, path(route), { token: server().adminToken })).status).toBe(403);
  });

  it.each(ROUTES.filter(([, { method, access }]) => method !== 'GET' && access !== 'agent'))('%s is refused from a page of another site', async (_, route) => {
    expect((await server().call(route.method, path(route), { token: server().adminToken, headers: { origin: 'https://elsewhere.example' } })).status).toBe(403);
  });
});
