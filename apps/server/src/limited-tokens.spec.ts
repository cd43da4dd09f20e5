import { API, pathOf, problem, scopeOf, type Route, type RouteName } from '@sluice/contracts';
import { COMMIT, DIGEST, PROMOTION, seedRights } from './rights.fixture.js';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type TestServer } from './test-server.fixture.js';

const PARAMETERS = { repository: 'shop', environment: 'prod', promotion: PROMOTION, number: 1, commit: COMMIT, cluster: 'nowhere', person: 'somebody', run: 'a'.repeat(16), credential: 'none', login: 'octocat', binding: 'none', token: 'none', session: 'none', right: 'none', sequence: 1, endpoint: 'none' };
const PLACE = { repository: 'shop', application: 'cart', environment: 'prod' };
const REQUEST = { ...PLACE, digest: DIGEST, reason: 'because', gate: 'look', commit: COMMIT, untilLifted: true };

/** What a request for cart in prod names, by route; one that is not here names nothing. Written down once more and independently of the schemas. */
const NAMES: Partial<Record<RouteName, 'both' | 'environment'>> = {
  acceptDirect: 'environment', restoreEnvironment: 'environment', rollout: 'environment', pauseRollout: 'environment', continueRollout: 'environment', abortRollout: 'environment', drift: 'environment', captureDrift: 'environment', clusters: 'environment',
  why: 'both', backflow: 'both', plan: 'both', planContent: 'both', promote: 'both', rollback: 'both', promotions: 'both', approvals: 'both', freeze: 'both', liftFreezes: 'both', testRuns: 'both', rerunTests: 'both',
  promotion: 'both', promotionDiff: 'both', approve: 'both', reject: 'both', clearGate: 'both', overrideGate: 'both', mergePromotion: 'both', deliveryMetrics: 'both',
  // of admins
  createJoinToken: 'environment', grantRole: 'both',
};

const LIMITS = [
  { limits: { environments: ['prod'] }, good: ['both', 'environment'] },
  { limits: { environments: ['qa', 'prod'], applications: ['cart'] }, good: ['both'] },
  { limits: { applications: ['cart'] }, good: ['both'] },
  { limits: { environments: ['qa'] }, good: [] },
  { limits: { environments: ['prod'], applications: ['checkout'] }, good: [] },
] as const;

const LIMITED = /^(this token is for|a token that is limited may not)/;

describe('a token for some places', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED);
    await seedRights(server);
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  const tokenFor = async (limits: object): Promise<string> => API.createTokenFor.reply.parse((await server.call('POST', '/api/v1/people/admin/tokens', { token: server.adminToken, body: { label: 'placed', ...limits } })).body).token;
  const refused = (answer: { readonly status: number; readonly body: unknown }): boolean => answer.status === 403 && LIMITED.test(problem.parse(answer.body).detail ?? '');
  const ask = (token: string, route: Route, place: Record<string, string> = PLACE) => {
    const query = route.method === 'GET' ? `?${new URLSearchParams(place).toString()}` : '';
    return server.call(route.method, `${pathOf(route, PARAMETERS)}${query}`, { token, ...(route.method !== 'GET' && { body: { ...REQUEST, ...place } }) });
  };
  const routes = (Object.entries(API) as [RouteName, Route][]).filter(([, route]) => (route.access === 'person' || route.access === 'admin') && scopeOf(route) !== 'any' && !route.stream);

  it.each(LIMITS)('$limits does what names a place of its own, and nothing else', async ({ limits, good }) => {
    const token = await tokenFor(limits);
    const found: string[] = [];
    const wanted: string[] = [];
    for (const [name, route] of routes) {
      const named = NAMES[name];
      if (scopeOf(route) === 'all' || named === undefined || !(good as readonly string[]).includes(named)) wanted.push(name);
      if (refused(await ask(token, route))) found.push(name);
    }
    expect(found).toEqual(wanted);
  }, 60_000);

  it('is refused what names no place, two places, or another one, and is told what it is for', async () => {
    const token = await tokenFor({ environments: ['prod'], applications: ['cart'] });
    const said = async (body: object) => problem.parse((await server.call('POST', '/api/v1/promote', { token, body })).body).detail;
    expect(await said({ ...PLACE, environment: 'qa' })).toBe('this token is for environment prod only: it may not touch qa');
    expect(await said({ ...PLACE, application: 'checkout' })).toBe('this token is for application cart only: it may not touch checkout');
    expect(await said({ repository: 'shop', application: 'cart' })).toBe('this token is for environment prod only: this request names no environment');
    expect(await said({ ...PLACE, environment: ['prod'] })).toBe('this token is for environment prod only: this request names no environment');
    expect(refused(await server.call('GET', '/api/v1/promotions?environment=prod&environment=qa&application=cart', { token }))).toBe(true);
    expect(refused(await server.call('GET', '/api/v1/events', { token }))).toBe(true);
  });

  it('names places only where a route reads them', async () => {
    const token = await tokenFor({ environments: ['prod'] });
    expect(refused(await server.call('POST', '/api/v1/promote?environment=prod', { token, body: { ...PLACE, environment: 'qa' } }))).toBe(true);
    expect(refused(await ask(token, API.mergeChange))).toBe(true);
    expect(refused(await ask(token, API.matrix))).toBe(true);
  });

  it('is of no use to git, which is about a whole repository', async () => {
    const git = async (limits: object) => (await server.call('GET', '/git/shop.git/info/refs?service=git-upload-pack', { headers: { authorization: `Basic ${Buffer.from(`x:${await tokenFor(limits)}`).toString('base64')}` } })).status;
    expect([await git({ environments: ['prod'] }), await git({ applications: ['cart'] }), await git({})]).toEqual([403, 403, 200]);
  });

  it('is listed with its limits, and still says who one is', async () => {
    const token = await tokenFor({ environments: ['prod'], applications: ['cart'] });
    expect((await server.call('GET', '/api/v1/me', { token })).status).toBe(200);
    const { items } = API.tokens.reply.parse((await server.call('GET', '/api/v1/tokens?person=admin', { token: server.adminToken })).body);
    expect(items[0]).toMatchObject({ label: 'placed', environments: ['prod'], applications: ['cart'] });
  });
});
