import { API, MAX_TEST_OUTPUT, pathOf } from '@sluice/contracts';
import { applicationName, clusterName, commitSha, environmentName, instant, repositoryId } from '@sluice/kernel';
import { describeCombinations, type Services } from '@sluice/testing';
import type { TestRun } from '@sluice/usecases';
import { TestAgent } from '../test-agent.fixture.js';
import { START_TIMEOUT, startTestServer, type TestServer } from '../test-server.fixture.js';

const SMOKE = { name: 'smoke', command: ['./smoke.sh'] };
const DONE = { take: 1, outcome: 'exited', exitCode: 1, durationMs: 5, message: '', output: 'a\u0007b\n' };

describeCombinations('runs of tests', (combination) => {
  let services: Services;
  let server: TestServer;
  let eu: TestAgent;
  let us: TestAgent;
  let count = 0;

  beforeAll(async () => {
    services = await combination.start();
    server = await startTestServer(services);
    await server.call('POST', API.createRepository.path, { token: server.adminToken, body: { id: 'shop' } });
    [eu, us] = await Promise.all(['dev-eu', 'dev-us'].map((cluster) => TestAgent.enrol(server, { cluster, repository: 'shop', environment: 'dev' }))) as [TestAgent, TestAgent];
  }, START_TIMEOUT);
  afterAll(async () => {
    await server.stop();
    await services.stop();
  });

  /** A run that dev-eu has taken. */
  async function running(fields: Partial<TestRun> = {}): Promise<string> {
    const id = `dev-checkout-smoke-${++count}`;
    const place = { repository: repositoryId('shop'), environment: environmentName('dev'), application: applicationName('checkout'), commit: commitSha('a'.repeat(40)) };
    const now = instant(Date.now());
    const run: TestRun = { id, subject: id, number: 1, ...place, test: { ...SMOKE, timeout: 60_000 }, state: 'running', orderedAt: now, cluster: clusterName('dev-eu'), take: 1, takenAt: now, leaseUntil: instant(now + 60_000), lost: 0, message: '', version: 1, ...fields };
    await server.ports.testRuns.order(run);
    await server.ports.clusters.saveLiveness([{ ...place, content: place.commit, cluster: clusterName('dev-eu'), touched: 1, status: 'Current', healthySince: now, message: '' }]);
    return id;
  }
  const result = (run: string): string => pathOf(API.agentTestResult, { run });
  const ofRun = (run: string, route: Parameters<typeof pathOf>[0] = API.testRun): string => pathOf(route, { repository: 'shop', run });
  const get = (path: string) => server.call('GET', path, { token: server.adminToken });

  it('end with the result of the agent that has them, which people read as text without control characters', async () => {
    const run = await running();
    expect((await eu.call('POST', result(run), DONE)).status).toBe(204);
    expect((await eu.call('POST', result(run), { ...DONE, exitCode: 0 })).status).toBe(204);
    expect(API.testRun.reply.parse((await get(ofRun(run))).body)).toMatchObject({ id: run, state: 'failed', exitCode: 1, durationMs: 5, cluster: 'dev-eu', test: 'smoke', command: ['./smoke.sh'] });
    const answer = await fetch(new URL(ofRun(run, API.testRunLog), server.url), { headers: { authorization: `Bearer ${server.adminToken}` } });
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, 'text/plain; charset=utf-8', 'a\ufffdb\n']);
    expect(API.testRuns.reply.parse((await get(`${pathOf(API.testRuns, { repository: 'shop' })}?environment=dev&limit=1`)).body).items).toMatchObject([{ id: run }]);
  });

  it('end with nobody else’s word', async () => {
    const run = await running();
    expect(await us.call('POST', result(run), DONE)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('does not count') } });
    expect(await eu.call('POST', result(run), { ...DONE, take: 2 })).toMatchObject({ status: 409 });
    expect(await eu.call('POST', result('dev-checkout-smoke-of-nobody'), DONE)).toMatchObject({ status: 404 });
    expect((await server.call('POST', result(run), { token: server.adminToken, body: DONE })).status).toBe(401);
    expect((await server.ports.testRuns.get(repositoryId('shop'), run))?.state).toBe('running');
  });

  it('of another environment do not exist for an agent', async () => {
    const run = await running({ environment: environmentName('qa') });
    expect((await eu.call('POST', result(run), DONE)).status).toBe(404);
    expect((await eu.call('POST', pathOf(API.agentTakeTest, { run }))).status).toBe(404);
  });

  it.each([
    ['more output than is kept', { output: 'x'.repeat(MAX_TEST_OUTPUT + 1) }],
    ['an outcome that there is not', { outcome: 'maybe' }],
    ['a time before it began', { durationMs: -1 }],
  ])('refuse %s', async (_, change) => {
    expect(await eu.call('POST', result(await running()), { ...DONE, ...change })).toMatchObject({ status: 400, body: { errors: [{ at: Object.keys(change)[0] }] } });
  });

  it('are found by their id, and by nothing else', async () => {
    expect(await get(ofRun('of-nobody'))).toMatchObject({ status: 404, body: { detail: expect.stringContaining('there is no test run of-nobody in shop') } });
    expect(await get(ofRun('of-nobody', API.testRunLog))).toMatchObject({ status: 404 });
    expect(await get(ofRun('../x'))).toMatchObject({ status: 400 });
    expect((await server.call('GET', ofRun(await running()))).status).toBe(401);
  });

  it('are not ordered again where there is no pipeline, or nothing was run', async () => {
    const again = await server.call('POST', pathOf(API.rerunTests, { repository: 'shop' }), { token: server.adminToken, body: { application: 'checkout', environment: 'dev' } });
    expect(again).toMatchObject({ status: 404, body: { detail: 'there is no pipeline in repository shop' } });
  });

  it('are told of to agents that say what their machine allows', async () => {
    const beat = { sequence: 0, digest: '', agentVersion: '1' };
    expect((await eu.call('POST', API.agentHeartbeat.path, { ...beat, tests: [SMOKE] })).status).toBe(200);
    expect(await server.ports.testRuns.allowed([clusterName('dev-eu')])).toEqual(new Map([[clusterName('dev-eu'), [SMOKE]]]));
    expect((await eu.call('POST', API.agentHeartbeat.path, beat)).status).toBe(200);
    expect(await server.ports.testRuns.allowed([clusterName('dev-eu')])).toEqual(new Map());
    expect(await eu.call('POST', API.agentHeartbeat.path, { ...beat, tests: [{ name: 'x', command: [] }] })).toMatchObject({ status: 400 });
  });

  it('end with no word of an agent that was revoked', async () => {
    const run = await running({ cluster: clusterName('dev-us') });
    await server.call('POST', pathOf(API.revokeCluster, { cluster: 'dev-us' }), { token: server.adminToken });
    expect([401, 403]).toContain((await us.call('POST', result(run), DONE)).status);
    expect((await server.ports.testRuns.get(repositoryId('shop'), run))?.state).toBe('running');
  });
});
