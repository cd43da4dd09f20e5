import { API, pathOf } from '@sluice/contracts';
import { startGithubDouble, type GithubDouble } from '@sluice/forge-doubles';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type Answer, type TestServer } from '../test-server.fixture.js';

const STORE = { repository: 'store' };

describe('what a GitHub App proves itself with', () => {
  let server: TestServer;
  let github: GithubDouble;
  beforeAll(async () => {
    github = await startGithubDouble();
    const there = await github.double.createRepository('acme/store');
    await there.commit({ branch: 'main', files: { 'README.md': 'x\n' } });
    server = await startTestServer(ON_EMBEDDED, { environment: { SLUICE_OUTBOUND_ALLOW: '127.0.0.1/32', SLUICE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') } });
  }, START_TIMEOUT);
  afterAll(async () => {
    await server?.stop();
    await github?.stop();
  });

  it('is never shown: not in logs, answers, the audit or events, when it works and when it does not', async () => {
    const { app, privateKey } = github.app('sluice');
    github.install(app, 'acme');
    const answers: Answer[] = [];
    const ask = async (method: string, path: string, body?: unknown): Promise<Answer> => {
      const answer = await server.call(method, path, { token: server.adminToken, ...(body !== undefined && { body }) });
      answers.push(answer);
      return answer;
    };
    const secret = { kind: 'app', appId: app.id, privateKey };
    expect(await ask('POST', API.addCredential.path, { name: 'app', kind: 'github', url: github.double.url, secret })).toMatchObject({ status: 201 });
    await ask('POST', pathOf(API.connectRepository, STORE), { credential: 'app', path: 'acme/store' });
    expect(github.double.log.counts()).toMatchObject({ 'POST /api/v3/app/installations/{installation_id}/access_tokens': expect.any(Number) as number });
    expect((await ask('GET', pathOf(API.checkConnection, STORE))).status).toBe(200);
    // a key that is none of the app's, one that is none at all, and an app that is installed nowhere any more
    expect((await ask('POST', pathOf(API.rotateCredential, { credential: 'app' }), { secret: { ...secret, privateKey: github.app('other').privateKey } })).status).toBe(400);
    const broken = privateKey.slice(0, 400);
    expect((await ask('POST', pathOf(API.rotateCredential, { credential: 'app' }), { secret: { ...secret, privateKey: broken } })).status).toBe(400);
    app.installations.clear();
    expect((await ask('GET', pathOf(API.checkConnection, STORE))).status).toBeGreaterThanOrEqual(400);
    const shown = [...server.logged, ...answers.map(({ body }) => JSON.stringify(body)), ...(await server.ports.auditStore.after(0, 1_000)).map(({ entry }) => entry), JSON.stringify((await server.ports.events.after(undefined, 1_000)).events)].join('\n');
    const lines = privateKey.split('\n').filter((line) => line.length > 40 && !line.startsWith('-'));
    expect(lines.length).toBeGreaterThan(10);
    // a proof is a JSON web token, and a token of an installation begins so
    for (const part of [...lines, 'ghs_', Buffer.from('{"alg":').toString('base64url').slice(0, 8), Buffer.from('x-access-token:ghs_').toString('base64').slice(0, -4)]) expect(shown).not.toContain(part);
  }, START_TIMEOUT);
});
