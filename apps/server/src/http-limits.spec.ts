import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API, problem } from '@sluice/contracts';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type TestServer } from './test-server.fixture.js';

describe('the server over HTTP', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED, { environment: { SLUICE_ROLES: 'api,worker,forge' } });
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) => server.call('POST', path, { token: server.adminToken, body, headers });

  it.each([
    ['a path that does not exist', 404, () => server.call('GET', '/api/v1/coffee', { token: server.adminToken })],
    ['another method', 405, () => server.call('PUT', '/api/v1/people', { token: server.adminToken, body: {} })],
    ['a body that is no JSON', 400, () => post('/api/v1/people', '{"name":')],
    ['a body of another type', 415, () => post('/api/v1/people', 'name=ada', { 'content-type': 'application/x-www-form-urlencoded' })],
    ['a body of text', 415, () => post('/api/v1/people', 'ada', { 'content-type': 'text/plain' })],
    ['a body that is too large', 413, () => post('/api/v1/people', { name: 'x'.repeat(1_100_000) })],
    ['a body that tries to reach the prototype', 400, () => post('/api/v1/people', '{"__proto__":{"admin":true}}')],
    ['a path that is not percent-encoded', 400, () => server.call('GET', '/api/v1/repositories/%c0%af/matrix', { token: server.adminToken })],
    ['a path with a part that is too long', 414, () => server.call('GET', `/api/v1/repositories/${'a'.repeat(300)}/matrix`, { token: server.adminToken })],
    ['a character that no database keeps', 400, () => post('/api/v1/identities', { issuer: 'https://id.example.org', subject: 'a\u0000b', person: 'ada' })],
    ['a time before there were any', 400, () => post('/api/v1/plan', { repository: 'nothing', at: '0000-01-01T00:00:00Z' })],
    ['a time that an offset brings into another millennium', 400, () => server.call('GET', '/api/v1/audit/entries?until=9999-12-31T23:59:59-23:59', { token: server.adminToken })],
    ['a webhook of nobody', 404, () => post('/webhooks/nothing', {})],
    ['a sign-in where there is no provider', 404, () => server.call('GET', '/oidc/start')],
    ['a repository that does not exist', 404, () => server.call('GET', '/api/v1/repositories/nothing/matrix', { token: server.adminToken })],
  ])('%s is answered with a problem document and %i', async (_, status, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(problem.parse(answer.body)).toMatchObject({ status, instance: expect.stringMatching(/^urn:request:/) });
  });

  it.each([
    ['more than usual is read of a pack', 404, 2_000_000, true],
    ['more than a pack may have is not', 413, 13_000_000, true],
    ['nothing is read of whoever has no credential', 401, 2_000_000, false],
  ])('%s', async (_, status, size, signedIn) => {
    const body = { repository: 'nothing', commit: 'a'.repeat(40), pack: 'A'.repeat(size) };
    const answer = await server.call('POST', API.planContent.path, { ...(signedIn && { token: server.adminToken }), body }).catch((error: Error) => ({ status: 401, body: { status: 401, cut: error.message } }));
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ status })]);
  });

  it('is told every place that is wrong', async () => {
    const answer = await post('/api/v1/people', { name: 'Not A Name', emails: ['nowhere'] });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ at: 'name' }, { at: 'displayName' }, { at: 'emails.0' }] } });
  });

  it('is told what a path takes', async () => {
    const answer = await server.call('DELETE', '/api/v1/promote', { token: server.adminToken });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it.each(['/api/v1/me', '/git/shop.git/info/refs', '/oidc/start', '/webhooks/shop'])('is refused under a name that is not ours (DNS rebinding): %s', async (path) => {
    expect(await statusUnder(server.url, 'evil.example', path)).toBe(403);
    expect(await statusUnder(server.url, new URL(server.url).host, path)).not.toBe(403);
  });

  it('is told the headers of a stream without waiting for it', async () => {
    const { status, headers } = await server.call('HEAD', '/api/v1/events', { token: server.adminToken });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  });

  it.each([
    ['is no HTTP', 'EHLO example.org\r\n\r\n', 400],
    ['has headers without end', `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('is told in a problem document that it %s', async (_, sent, status) => {
    const answer = await sentBare(server.url, sent);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*content-type: application/problem\\+json\r\n`, 'i'));
    expect(problem.parse(JSON.parse(answer.split('\r\n\r\n')[1] ?? ''))).toMatchObject({ status });
  });

  it('carries headers that keep pages of ours to themselves', async () => {
    const { headers } = await server.call('GET', '/api/v1/me');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe-inline');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is ready when database and queue answer', async () => {
    expect(await server.call('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ok', checks: { database: 'ok', queue: 'ok' } } });
  });

  it('counts what it does', async () => {
    const { body } = await server.call('GET', '/metrics');
    expect(body).toMatch(/^sluice_queue_depth\{queue="lane"\} 0$/m);
    expect(body).toMatch(/^sluice_promotions\{state="open"\} 0$/m);
    expect(body).toMatch(/^sluice_agents_connected 0$/m);
    expect(body).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});

describe('a server without a dashboard and with a low limit', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED, { environment: { SLUICE_RATE_LIMIT: '30' } });
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  it('says how to build the dashboard when it is not there', async () => {
    const page = await server.call('GET', '/', { headers: { accept: 'text/html' } });
    expect([page.status, page.body]).toEqual([503, expect.stringMatching(/npm run build/)]);
  });

  it('bounds how often one credential asks', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => server.call('GET', '/api/v1/me', { token: server.adminToken })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(10);
    expect(refused[0]?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(problem.parse(refused[0]?.body).status).toBe(429);
  });

  it('bounds git as well', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => server.call('GET', '/git/shop.git/info/refs?service=git-upload-pack', { token: 'another' })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
  });
});

describe('the dashboard', () => {
  let folder: string;
  let server: TestServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-dashboard-'));
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>Sluice</title>');
    await writeFile(join(folder, 'assets/app-1a2b.js'), 'export {};');
    server = await startTestServer(ON_EMBEDDED, { environment: { SLUICE_DASHBOARD: folder } });
  }, START_TIMEOUT);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(['/', '/login', '/repositories/shop/changes/3'])('is served for a visit to %s', async (path) => {
    const page = await server.call('GET', path, { headers: { accept: 'text/html,*/*' } });
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('<title>Sluice</title>')]);
    expect(page.headers.get('cache-control')).toBe('no-cache');
  });

  it('is at the front door for programs as well', async () => {
    expect((await server.call('GET', '/', { headers: { accept: '*/*' } })).status).toBe(200);
  });

  it('is kept by browsers where the name of a file holds its hash', async () => {
    const { status, headers } = await server.call('GET', '/assets/app-1a2b.js');
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
  });

  it('is not what an unknown route of the API answers', async () => {
    expect((await server.call('GET', '/api/v1/coffee', { headers: { accept: 'text/html' } })).status).toBe(404);
    expect((await server.call('GET', '/assets/../../package.json', { headers: { accept: '*/*' } })).status).toBe(404);
  });
});

/** fetch does not let a Host be set. */
function statusUnder(url: string, host: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

/** What comes back for bytes that no client would send. */
function sentBare(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => void socket.write(text));
    socket.on('data', (chunk) => void (answer += String(chunk))).once('error', reject);
    socket.once('close', () => resolve(answer));
  });
}
