import { API } from '@sluice/contracts';
import { describeCombinations, freePort, startLocalProvider, type LocalProvider, type Services } from '@sluice/testing';
import { TestBrowser } from './browser.fixture.js';
import { START_TIMEOUT, startTestServer, type TestServer } from './test-server.fixture.js';

describeCombinations('signing in by a provider of identities', (combination) => {
  let services: Services;
  let provider: LocalProvider;
  let server: TestServer;

  beforeAll(async () => {
    services = await combination.start();
    const port = await freePort();
    provider = await startLocalProvider(`http://127.0.0.1:${port}/oidc/callback`);
    server = await startTestServer(services, { environment: { ...provider.environment, SLUICE_PORT: String(port) } });
  }, START_TIMEOUT);
  afterAll(async () => {
    await server.stop();
    await provider.stop();
    await services.stop();
  });

  const knows = (subject: string, claims: Record<string, unknown>): void => {
    provider.accounts.set(subject, claims);
    provider.visitor = subject;
  };
  const start = (next = '/') => `${server.url}/oidc/start?next=${encodeURIComponent(next)}`;
  const me = async (browser: TestBrowser) => (await server.call('GET', '/api/v1/me', { headers: { cookie: browser.cookies(server.url) } })).body;
  async function signIn(): Promise<unknown> {
    const browser = new TestBrowser();
    await browser.visit(start());
    return me(browser);
  }
  /** As far as the provider's answer, which is not yet brought back. */
  async function withAnswer(browser: TestBrowser): Promise<string> {
    for (let url = start(), hops = 0; hops < 12; hops++) {
      if (url.startsWith(`${server.url}/oidc/callback`)) return url;
      url = new URL((await browser.step(url)).headers.get('location') ?? '', url).href;
    }
    throw new Error('the provider has not answered');
  }

  it('is offered to whoever is not signed in', async () => {
    expect((await server.call('GET', '/api/v1/sign-in')).body).toEqual({ oidc: { name: 'Work' } });
  });

  it('makes a person at first, and knows them again after that, whatever they are called by then', async () => {
    knows('s-1', { preferred_username: 'Grace.Hopper@example.org', name: 'Grace Hopper', email: 'grace@example.org', email_verified: true, groups: ['sre'] });
    const browser = new TestBrowser();
    const { url } = await browser.visit(start('/clusters?x=1'));
    expect(url).toBe(`${server.url}/clusters?x=1`);
    expect(await me(browser)).toEqual({ person: 'grace-hopper', displayName: 'Grace Hopper', groups: ['sre'], admin: false });
    expect(browser.visited.find((one) => one.includes('code_challenge_method=S256'))).toContain(encodeURIComponent(`${server.url}/oidc/callback`));
    knows('s-1', { preferred_username: 'admiral', groups: ['sre'] });
    expect(await signIn()).toMatchObject({ person: 'grace-hopper' });
  });

  it('takes groups from the claim, beside those that an admin gave, and admin from one of them, until the next sign-in says otherwise', async () => {
    knows('s-2', { preferred_username: 'joan', groups: ['sre', 'platform-admins'] });
    expect(await signIn()).toMatchObject({ person: 'joan', groups: ['sre', 'platform-admins'], admin: true });
    const listed = async () => API.people.reply.parse((await server.call('GET', '/api/v1/people', { token: server.adminToken })).body).items.find(({ name }) => name === 'joan');
    const person = await listed();
    expect(person).toMatchObject({ groups: [], admin: false, claimed: { groups: ['sre', 'platform-admins'], admin: true } });
    await server.call('POST', '/api/v1/people', { token: server.adminToken, body: { ...person, groups: ['owners'] } });
    knows('s-2', { preferred_username: 'joan', groups: ['sre'] });
    expect(await signIn()).toMatchObject({ groups: ['owners', 'sre'], admin: false });
    knows('s-2', { preferred_username: 'joan' });
    expect(await signIn()).toMatchObject({ groups: ['owners'], admin: false });
  });

  it('makes nobody of somebody who is here already, by name or by address', async () => {
    knows('s-3', { preferred_username: 'ada', email: 'ada@example.org', email_verified: true });
    expect(await signIn()).toMatchObject({ person: expect.stringMatching(/^ada-[0-9a-f]{12}$/), admin: false });
    expect(await server.ports.people.get((await server.ports.people.list()).find(({ name }) => name.startsWith('ada-'))?.name ?? ('' as never))).toMatchObject({ emails: [] });
  });

  it('makes one person of somebody who signs in twice at once for the first time', async () => {
    knows('s-7', { preferred_username: 'mary', email: 'mary@example.org', email_verified: true });
    expect(await Promise.all([signIn(), signIn(), signIn()])).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ person: 'mary' })));
    expect((await server.ports.people.list()).filter(({ name }) => name.startsWith('mary')).map(({ name, emails }) => [name, emails])).toEqual([['mary', ['mary@example.org']]]);
  });

  it('makes nobody of Sluice’s own name, by which its records know what it did by itself', async () => {
    knows('s-6', { preferred_username: 'Sluice', email: 'sluice@example.org', email_verified: true });
    expect(await signIn()).toMatchObject({ person: expect.stringMatching(/^person-[0-9a-f]{12}$/) });
  });

  it('takes an admin’s word for whose an identity is', async () => {
    const identity = { issuer: provider.issuer, subject: 's-4', person: 'ada' };
    expect((await server.call('POST', '/api/v1/identities', { token: server.adminToken, body: identity })).status).toBe(201);
    expect((await server.call('POST', '/api/v1/identities', { token: server.adminToken, body: { ...identity, person: 'joan' } })).status).toBe(409);
    knows('s-4', { preferred_username: 'whatever' });
    const browser = new TestBrowser();
    await browser.visit(start());
    expect(await me(browser)).toMatchObject({ person: 'ada', admin: true });
    expect((await server.call('POST', '/api/v1/identities/remove', { token: server.adminToken, body: { issuer: provider.issuer, subject: 's-4' } })).status).toBe(204);
    // whoever that was is out at once
    expect(await me(browser)).toMatchObject({ status: 401 });
    expect(await signIn()).not.toMatchObject({ person: 'ada' });
  });

  it('lets a service account in by no door', async () => {
    await server.call('POST', '/api/v1/people', { token: server.adminToken, body: { name: 'ci', displayName: 'CI', service: true } });
    await server.call('POST', '/api/v1/identities', { token: server.adminToken, body: { issuer: provider.issuer, subject: 's-5', person: 'ci' } });
    knows('s-5', {});
    expect(await signIn()).toMatchObject({ status: 401 });
  });

  it('lets nobody in who was deactivated, and says so; nor as somebody new whom the provider has never sent before', async () => {
    knows('s-8', { preferred_username: 'ben', email: 'ben@example.org', email_verified: true });
    expect(await signIn()).toMatchObject({ person: 'ben' });
    await server.call('POST', '/api/v1/people/ben/deactivation', { token: server.adminToken, body: { reason: 'has left' } });
    for (const subject of ['s-8', 's-9']) {
      knows(subject, { preferred_username: 'ben', email: 'Ben@example.org', email_verified: true });
      const browser = new TestBrowser();
      expect(decodeURIComponent((await browser.visit(start())).url)).toMatch(/signed-out#your account was deactivated by an admin on \d{4}-\d\d-\d\d: ask one/);
      expect(await me(browser)).toMatchObject({ status: 401 });
    }
    expect((await server.ports.people.list()).filter(({ name }) => name.startsWith('ben')).map(({ name }) => name)).toEqual(['ben']);
    await server.call('DELETE', '/api/v1/people/ben/deactivation', { token: server.adminToken });
    knows('s-8', {});
    expect(await signIn()).toMatchObject({ person: 'ben' });
  });

  it('goes on to no other site', async () => {
    knows('s-1', { groups: ['sre'] });
    for (const next of ['https://elsewhere.example/', '//elsewhere.example', '/\\elsewhere.example', '/oidc/start', 'javascript:alert(1)', '/a\r\nb']) {
      const { url } = await new TestBrowser().visit(start(next));
      expect(url).toBe(`${server.url}/`);
    }
  });

  describe('refuses an answer', () => {
    const refused = async (browser: TestBrowser, answer: string, reason: RegExp) => {
      const { url } = await browser.visit(answer);
      expect(decodeURIComponent(url)).toMatch(reason);
      expect(await me(browser)).toMatchObject({ status: 401 });
    };

    it('in a browser that did not begin (login CSRF)', async () => {
      const answer = await withAnswer(new TestBrowser());
      await refused(new TestBrowser(), answer, /not begun in this browser/);
    });

    it('that began as another sign-in of the same browser', async () => {
      const browser = new TestBrowser();
      const first = await withAnswer(browser);
      await withAnswer(browser);
      await refused(browser, first, /not right|begin again/);
    });

    it('that comes a second time', async () => {
      const browser = new TestBrowser();
      const answer = await withAnswer(browser);
      const cookie = browser.cookies(server.url);
      await browser.visit(answer);
      expect(await me(browser)).toMatchObject({ person: 'grace-hopper' });
      const again = await server.call('GET', answer.slice(server.url.length), { headers: { cookie } });
      expect(again).toMatchObject({ status: 401, body: { detail: expect.stringMatching(/has ended/) } });
    });

    it('with a code of somebody else’s sign-in (code injection)', async () => {
      const [victim, attacker] = [new TestBrowser(), new TestBrowser()];
      const [mine, theirs] = [new URL(await withAnswer(victim)), new URL(await withAnswer(attacker))];
      mine.searchParams.set('code', theirs.searchParams.get('code') ?? '');
      await refused(victim, mine.href, /not right/);
    });

    it('of another issuer (mix-up)', async () => {
      const browser = new TestBrowser();
      const answer = new URL(await withAnswer(browser));
      answer.searchParams.set('iss', 'https://evil.example');
      await refused(browser, answer.href, /not right/);
    });

    it('that is made up, and leaves what is under way in this browser alone', async () => {
      const browser = new TestBrowser();
      const answer = await withAnswer(browser);
      for (const change of [(query: URLSearchParams) => query.set('state', 'x'.repeat(43)), (query: URLSearchParams) => query.delete('state'), (query: URLSearchParams) => query.append('state', 'x'), (query: URLSearchParams) => query.set('state', '')]) {
        const forged = new URL(answer);
        change(forged.searchParams);
        await refused(browser, forged.href, /was not begun in this browser/);
      }
      await browser.visit(`${server.url}/oidc/callback`);
      await browser.visit(answer);
      expect(await me(browser)).toMatchObject({ person: 'grace-hopper' });
      expect(browser.cookies(server.url)).not.toContain('sluice-sign-in');
    });

    it('that says no', async () => {
      const browser = new TestBrowser();
      const answer = new URL(await withAnswer(browser));
      answer.searchParams.delete('code');
      answer.searchParams.set('error', 'access_denied');
      await refused(browser, answer.href, /access_denied/);
    });
  });

  it('writes neither a code nor the client’s secret to the log', async () => {
    const browser = new TestBrowser();
    const answer = new URL(await withAnswer(browser));
    await browser.visit(answer.href);
    const log = server.logged.join('');
    expect([log.includes(answer.searchParams.get('code') ?? 'none'), log.includes(provider.environment['SLUICE_OIDC_CLIENT_SECRET'] ?? 'none')]).toEqual([false, false]);
  });

  it('does not keep the server from starting while the provider is down, and says so to whoever wants in', async () => {
    const other = await startTestServer(services, { environment: { ...provider.environment, SLUICE_OIDC_ISSUER: `http://127.0.0.1:${await freePort()}` } });
    try {
      expect(await other.call('GET', '/oidc/start')).toMatchObject({ status: 503, body: { detail: expect.stringMatching(/does not answer/) } });
    } finally {
      await other.stop();
    }
  }, START_TIMEOUT);
});
