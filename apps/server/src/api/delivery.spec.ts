import { API } from '@sluice/contracts';
import { applicationName, commitSha, digest, environmentName, instant, objectSha, promotionId, repositoryId, type EnvironmentName } from '@sluice/kernel';
import type { Environment, Pipeline } from '@sluice/pipeline';
import type { Promotion } from '@sluice/promotion';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type TestServer } from '../test-server.fixture.js';

const SHOP = repositoryId('shop');
const [DEV, QA] = [environmentName('dev'), environmentName('qa')];
const CART = applicationName('cart');
const HOUR = 3_600_000;

function environment(name: EnvironmentName, from: readonly EnvironmentName[]): Environment {
  return { name, branch: name, from, directPush: 'deploy', drift: 'report', merge: 'auto', onNewSource: 'update', gates: [] };
}
const PIPELINE: Pipeline = { name: 'shop', environments: [environment(DEV, []), environment(QA, [DEV])], applications: [{ name: CART, paths: ['apps/cart/**'], uses: [] }], environmentOwned: [], roles: [] };

/** Merged and live so many hours before now; degraded first, if it says so. */
function promotion(number: number, hours: number, degraded?: number): Promotion {
  const ago = (count: number) => instant(Date.now() - count * HOUR);
  const sha = commitSha(String(number).repeat(40));
  const candidate: Promotion['candidate'] = { kind: 'change', source: sha, origin: sha, digest: digest('d'.repeat(64)), head: sha, onto: sha, targetContent: objectSha('0'.repeat(40)), resultContent: objectSha('1'.repeat(40)), inputsKey: 'k', fingerprint: digest('e'.repeat(64)), notes: [], changedPaths: [] };
  const timeline = degraded === undefined ? [] : [{ at: ago(degraded), what: 'degraded' }];
  return { id: promotionId(`qa-cart-${number}`), repository: SHOP, application: CART, from: DEV, target: QA, state: 'live', attempt: 0, candidate, authors: [], verdicts: [], timeline, createdAt: ago(hours), updatedAt: ago(hours), mergedAt: ago(hours + 1), liveAt: ago(hours), mergedAs: sha, version: 1 };
}

describe('delivery metrics over the API', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED, { environment: { SLUICE_ROLES: 'api,worker,forge' } });
    const { ports } = server;
    await ports.repositories.add({ id: SHOP, forge: 'builtin', configBranch: 'main', createdAt: instant(Date.now() - 1_000 * HOUR) });
    await ports.repositories.savePipeline({ repository: SHOP, pipeline: PIPELINE, diagnostics: [] });
    const commits = [1, 2, 3].map((position) => ({ commit: commitSha(String(position).repeat(40)), position, subject: 's', author: 'a', committedAt: instant(Date.now() - (13 - position) * HOUR), content: [CART], uses: [], origin: 'direct' as const }));
    await ports.environments.append(SHOP, DEV, commits);
    for (const one of [promotion(2, 8), promotion(3, 4, 6)]) await ports.promotions.insert(one);
  }, START_TIMEOUT);
  afterAll(() => server?.stop());

  const ask = (query: string, token = server.adminToken) => server.call('GET', `${API.deliveryMetrics.path}?${query}`, { token });
  const report = async (query: string) => API.deliveryMetrics.reply.parse((await ask(query)).body);

  it('are figures of the last 30 days by environment', async () => {
    const { items, total, timezone, record } = await report('repository=shop');
    expect(timezone).toBe('UTC');
    expect(record.message).toContain('whole since');
    expect(items.map(({ environment: name, figures }) => [name, figures.deployments.count, figures.directChanges])).toEqual([['dev', null, 2], ['qa', 2, 0]]);
    expect(total).toMatchObject({ changeFailure: { rate: 0.5, failed: 1, attempts: 2 }, leadTime: { changes: 3 }, timeToRestore: { restored: 1, medianSeconds: expect.closeTo(7_200, 0) } });
    expect((total.leadTime.medianSeconds ?? 0) / 3_600).toBeCloseTo(4, 1);
  });

  it('are of one application and environment, by week, where that is asked for', async () => {
    const { items } = await report('repository=shop&application=cart&environment=qa&by=week&timezone=Europe/Berlin');
    expect(items.length).toBeGreaterThan(3);
    expect(items.reduce((sum, { figures }) => sum + (figures.deployments.count ?? 0), 0)).toBe(2);
    expect(items.every(({ from, to }) => from !== undefined && to !== undefined)).toBe(true);
  });

  it.each([
    ['repository', '', 400],
    ['repository', 'repository=../etc', 400],
    ['from', 'repository=shop&from=2026-11-02&to=2026-11-01', 400],
    ['from', 'repository=shop&from=1970-01-01', 400],
    ['from', 'repository=shop&from=-1', 400],
    ['from', `repository=shop&from=${'9'.repeat(5_000)}`, 400],
    ['to', `repository=shop&to=${encodeURIComponent("2026-11-01'; drop table sluice.promotions; --")}`, 400],
    ['timezone', 'repository=shop&timezone=Mars', 400],
    ['by', 'repository=shop&by=person', 400],
    ['application', "repository=shop&application=x'--", 400],
    ['environment', 'repository=shop&environment=a&environment=b', 400],
  ])('name the field %s that is wrong in ?%s', async (field, query, status) => {
    const answer = await ask(query);
    expect(answer).toMatchObject({ status, body: { errors: expect.arrayContaining([expect.objectContaining({ at: expect.stringContaining(field) })]) } });
  });

  it.each([
    ['repository=nowhere', 'there is no repository nowhere'],
    ['repository=shop&application=ghost', 'there is no application ghost in shop; there are cart'],
    ['repository=shop&environment=mars', 'there is no environment mars in shop; there are dev, qa'],
  ])('say what there is instead of ?%s', async (query, detail) => {
    expect(await ask(query)).toMatchObject({ status: 404, body: { detail } });
  });

  it('are for those who may read the repository: a token for another one may not', async () => {
    await server.call('POST', '/api/v1/people', { token: server.adminToken, body: { name: 'grace', displayName: 'Grace' } });
    const made = async (body: object) => API.createTokenFor.reply.parse((await server.call('POST', '/api/v1/people/grace/tokens', { token: server.adminToken, body })).body).token;
    expect((await ask('repository=shop', await made({ scopes: ['read'], repositories: ['shop'] }))).status).toBe(200);
    expect((await ask('repository=shop', await made({ scopes: ['read'], repositories: ['other'] }))).status).toBe(403);
    expect((await ask('repository=shop', await made({ scopes: ['report'] }))).status).toBe(403);
  });

  it('are in /metrics by lane, without what is not known', async () => {
    const { body } = await server.call('GET', '/metrics');
    const lines = String(body).split('\n');
    const lane = '{repository="shop",environment="qa",application="cart"}';
    expect(lines).toContain(`sluice_delivery_deployments${lane} 2`);
    expect(lines).toContain(`sluice_delivery_failed${lane} 1`);
    expect(lines.find((line) => line.startsWith(`sluice_delivery_restore_time_median_seconds${lane}`))).toMatch(/ 7(199|200|201)/);
    expect(lines.filter((line) => line.startsWith('sluice_delivery_deployments{') && line.includes('environment="dev"'))).toEqual([]);
    expect(lines).toContain('sluice_delivery_lanes_left_out 0');
  });
});
