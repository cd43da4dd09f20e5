import { API } from '@sluice/contracts';
import { instant, personName } from '@sluice/kernel';
import { describeCombinations, type Services } from '@sluice/testing';
import { hashSecret } from '@sluice/usecases';
import { START_TIMEOUT, startTestServer, type Answer, type TestServer } from './test-server.fixture.js';
import { TestStream } from './test-stream.fixture.js';

describeCombinations('signing in', (combination) => {
  let services: Services;
  let server: TestServer;

  beforeAll(async () => {
    services = await combination.start();
    server = await startTestServer(services);
    await server.call('POST', '/api/v1/people', { token: server.adminToken, body: { name: 'grace', displayName: 'Grace', emails: ['grace@example.org'], groups: ['sre'] } });
  }, START_TIMEOUT);
  afterAll(async () => {
    await server.stop();
    await services.stop();
  });

  async function loginSecret(person = 'grace', token = server.adminToken): Promise<string> {
    const { url } = API.createLoginLink.reply.parse((await server.call('POST', '/api/v1/login-links', { token, body: { person } })).body);
    return new URL(url).hash.slice(1);
  }
  const signIn = (secret: string, headers: Record<string, string> = {}) => server.call('POST', '/api/v1/session', { body: { secret }, headers });
  const cookieOf = (answer: Answer) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

  it('turns a login link into a session that no script and no other site can use', async () => {
    const answer = await signIn(await loginSecret());
    expect(API.signIn.reply.parse(answer.body)).toEqual({ person: 'grace', displayName: 'Grace', groups: ['sre'], admin: false });
    expect(answer.headers.get('set-cookie')).toMatch(/^sluice=sls_[^;]+;.*HttpOnly; SameSite=Strict$/);
    expect((await server.call('GET', '/api/v1/me', { headers: { cookie: cookieOf(answer) } })).body).toMatchObject({ person: 'grace' });
  });

  it('spends a login link once, also when two try at the same time', async () => {
    const secret = await loginSecret();
    const statuses = (await Promise.all([signIn(secret), signIn(secret), signIn(secret)])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 401, 401]);
    expect((await signIn(secret)).body).toMatchObject({ detail: expect.stringMatching(/sluice login --link/) });
  });

  it('ends a session at once when its owner signs out', async () => {
    const cookie = cookieOf(await signIn(await loginSecret()));
    const out = await server.call('DELETE', '/api/v1/session', { headers: { cookie, origin: server.url } });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/^sluice=;/);
    expect((await server.call('GET', '/api/v1/me', { headers: { cookie } })).status).toBe(401);
  });

  describe('an event stream', () => {
    const open = (headers: Record<string, string>) => TestStream.open(`${server.url}${API.events.path}`, headers);
    const withToken = (token: string) => open({ authorization: `Bearer ${token}` });
    const freshToken = async () => API.createToken.reply.parse((await server.call('POST', '/api/v1/tokens', { body: { secret: await loginSecret(), label: 'cli' } })).body).token;

    it('ends when its owner signs out, and the streams of their other credentials do not', async () => {
      const [cookie, other] = [cookieOf(await signIn(await loginSecret())), cookieOf(await signIn(await loginSecret()))];
      const streams = await Promise.all([open({ cookie }), open({ cookie }), open({ cookie: other }), withToken(await freshToken())]);
      await server.call('DELETE', '/api/v1/session', { headers: { cookie, origin: server.url } });
      await Promise.all(streams.slice(0, 2).map((stream) => stream.untilEnd()));
      await server.ports.events.append({ type: 'test', message: 'still there' });
      for (const stream of streams.slice(2)) {
        await stream.next(({ event, data }) => event === 'message' && (data as { message: string }).message === 'still there');
        stream.close();
      }
    });

    it('ends when its token is revoked', async () => {
      const token = await freshToken();
      const stream = await withToken(token);
      await server.call('DELETE', '/api/v1/tokens/current', { token });
      await stream.untilEnd();
    });

    it('ends when its token expires', async () => {
      const secret = `slt_${'e'.repeat(43)}`;
      await server.ports.people.addCredential(hashSecret(secret), { id: 'short', kind: 'token', person: personName('grace'), label: 'short', expiresAt: instant(Date.now() + 1_500) });
      const stream = await withToken(secret);
      await stream.next(({ event }) => event === 'reset');
      await stream.untilEnd();
      expect((await server.call('GET', '/api/v1/me', { token: secret })).status).toBe(401);
    });
  });

  it('refuses a change by cookie that no page of ours has asked for', async () => {
    const cookie = cookieOf(await signIn(await loginSecret()));
    const without = await server.call('POST', '/api/v1/login-links', { body: {}, headers: { cookie } });
    expect([without.status, without.body]).toEqual([403, expect.objectContaining({ detail: expect.stringMatching(/Origin/) })]);
    expect((await server.call('POST', '/api/v1/login-links', { body: {}, headers: { cookie, origin: server.url } })).status).toBe(201);
  });

  it('gives an API token for a login link, which can be revoked', async () => {
    const { token, person } = API.createToken.reply.parse((await server.call('POST', '/api/v1/tokens', { body: { secret: await loginSecret(), label: 'cli' } })).body);
    expect(person).toBe('grace');
    expect((await server.call('DELETE', '/api/v1/tokens/current', { token })).status).toBe(204);
    expect((await server.call('GET', '/api/v1/me', { token })).status).toBe(401);
  });

  it('lets nobody but an admin make a login link for somebody else', async () => {
    const { token } = API.createToken.reply.parse((await server.call('POST', '/api/v1/tokens', { body: { secret: await loginSecret() } })).body);
    expect((await server.call('POST', '/api/v1/login-links', { token, body: { person: 'ada' } })).status).toBe(403);
    expect((await server.call('POST', '/api/v1/login-links', { token, body: {} })).body).toMatchObject({ person: 'grace' });
  });

  it('says so when the person does not exist', async () => {
    expect(await server.call('POST', '/api/v1/login-links', { token: server.adminToken, body: { person: 'nobody' } })).toMatchObject({ status: 404, body: { detail: 'there is no person nobody' } });
  });

  it('writes no secret to the log', async () => {
    const secret = await loginSecret();
    await signIn(secret);
    expect(server.logged.join('')).not.toContain(secret);
    expect(server.logged.join('')).not.toContain(server.adminToken);
  });
});
