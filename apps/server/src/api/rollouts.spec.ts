import { API, pathOf, problem } from '@sluice/contracts';
import { applicationName, commitSha, environmentName, instant, promotionId, repositoryId } from '@sluice/kernel';
import type { Pipeline, Wave } from '@sluice/pipeline';
import { TestAgent } from '../test-agent.fixture.js';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type TestServer } from '../test-server.fixture.js';

const SHOP = repositoryId('shop');
const [DEV, PROD] = [environmentName('dev'), environmentName('prod')];
const [BASE, HEAD] = [commitSha('1'.repeat(40)), commitSha('2'.repeat(40))];
const EVERY = { directPush: 'deploy', drift: 'report', merge: 'auto', onNewSource: 'update', gates: [] } as const;
const WAVES: readonly Wave[] = [
  { clusters: { canary: 'true' }, soak: 900_000 },
  { clusters: {}, soak: 0 },
];
const PIPELINE: Pipeline = {
  name: 'shop',
  environments: [
    { name: DEV, branch: 'dev', from: [], ...EVERY },
    { name: PROD, branch: 'prod', from: [DEV], ...EVERY, waves: WAVES },
  ],
  applications: [{ name: applicationName('checkout'), paths: ['apps/**'], uses: [] }],
  environmentOwned: [],
  roles: [],
};

describe('rollouts and labels over HTTP', () => {
  let server: TestServer;
  const where = { repository: 'shop', environment: 'prod' };
  const post = (path: string, body: unknown) => server.call('POST', path, { token: server.adminToken, body });
  const get = (path: string) => server.call('GET', path, { token: server.adminToken });

  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED);
    await post(API.createRepository.path, { id: 'shop' });
    await server.ports.repositories.savePipeline({ repository: SHOP, commit: HEAD, checkedCommit: HEAD, pipeline: PIPELINE, diagnostics: [] });
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  it('a cluster has the labels of its token, and those that an admin gives it', async () => {
    const token = await post(API.createJoinToken.path, { cluster: 'prod-eu', ...where, labels: { canary: 'true' } });
    expect(token.status).toBe(201);
    const { token: joinToken } = API.createJoinToken.reply.parse(token.body);
    await server.call('POST', '/agent/v1/enrol', { body: { protocol: 1, joinToken, publicKey: 'A'.repeat(43), agentVersion: '1', labels: { canary: 'false', region: 'eu' } } });
    const labels = pathOf(API.labelCluster, { cluster: 'prod-eu' });
    expect((await get(API.clusters.path)).body).toMatchObject({ items: [{ name: 'prod-eu', labels: { canary: 'true', region: 'eu' }, wave: { number: 1, of: 2 } }] });
    expect(await post(labels, { set: { tier: '1' }, remove: ['canary'] })).toMatchObject({ status: 200, body: { labels: { region: 'eu', tier: '1' }, wave: { number: 2, of: 2 } } });
    const refused = await post(labels, { set: { 'a b': '' } });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(problem.parse(refused.body))).toContain("label's key must be letters");
    expect((await post(pathOf(API.labelCluster, { cluster: 'nobody' }), { set: { a: 'b' } })).status).toBe(404);
    const { events } = await server.ports.events.after(undefined, 1_000);
    expect(events.find(({ type }) => type === 'cluster.labelled')).toMatchObject({ cluster: 'prod-eu', by: 'ada', message: 'ada labelled prod-eu: region=eu,tier=1 (before: canary=true,region=eu)' });
  });

  it('an environment without one says so', async () => {
    expect(await get(pathOf(API.rollout, where))).toMatchObject({ status: 200, body: { message: 'nothing has rolled out in prod in waves yet', waves: [] } });
    expect((await get(pathOf(API.rollout, { ...where, environment: 'dev' }))).body).toMatchObject({ message: 'dev has no waves: every merge goes to all its clusters at once' });
    expect((await get(pathOf(API.rollout, { ...where, environment: 'nowhere' }))).status).toBe(404);
    expect(await post(pathOf(API.pauseRollout, where), { reason: 'look' })).toMatchObject({ status: 409, body: { detail: 'nothing rolls out in prod' } });
    expect((await post(pathOf(API.pauseRollout, where), { reason: ' ' })).status).toBe(400);
  });

  it('one under way is shown wave by wave, to people and to agents, and is paused and continued', async () => {
    const agent = await TestAgent.enrol(server, { cluster: 'prod-us', ...where });
    await server.ports.environments.save({ repository: SHOP, environment: PROD, branch: 'prod', head: HEAD, position: 2, assigned: HEAD, assignedRevision: 1, tampered: {}, held: {}, rules: '' });
    await server.ports.rollouts.save({
      repository: SHOP,
      environment: PROD,
      id: 'prod-checkout-1',
      state: 'running',
      waves: WAVES,
      head: HEAD,
      base: BASE,
      wave: 0,
      since: instant(Date.now()),
      promotions: [promotionId('prod-checkout-1')],
      assigned: { 'prod-eu': HEAD },
      healthyBefore: {},
      faults: [],
      startedAt: instant(Date.now()),
      revision: 7,
      version: 0,
    });
    expect((await agent.call('GET', '/agent/v1/assignment')).body).toMatchObject({ commit: BASE, revision: 8 });
    const shown = await get(pathOf(API.rollout, where));
    expect(API.rollout.reply.parse(shown.body)).toMatchObject({ rollout: { id: 'prod-checkout-1', state: 'running', wave: 1 }, waves: [{ name: 'canary=true', soakSeconds: 900, state: 'empty', clusters: [] }, { name: 'the rest', state: 'later', clusters: [{ name: 'prod-eu' }, { name: 'prod-us', assigned: BASE, state: 'later' }] }] });
    expect(await post(pathOf(API.pauseRollout, where), { reason: 'look' })).toMatchObject({ status: 200, body: { rollout: { state: 'paused', paused: { by: 'ada', reason: 'look' } } } });
    expect(await post(pathOf(API.abortRollout, where), { reason: 'away' })).toMatchObject({ status: 409, body: { detail: expect.stringContaining('nothing in rollout prod-checkout-1 came by a promotion') } });
    expect(await post(pathOf(API.continueRollout, where), { reason: 'fine' })).toMatchObject({ status: 200, body: { rollout: { id: 'prod-checkout-1' } } });
    expect((await get(pathOf(API.matrix, { repository: 'shop' }))).body).toMatchObject({ environments: [{ name: 'dev' }, { name: 'prod', rollout: expect.stringContaining('rollout prod-checkout-1') }] });
  });
});
