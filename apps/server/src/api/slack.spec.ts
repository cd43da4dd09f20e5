import { API, ON_BEHALF_OF } from '@sluice/contracts';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type TestServer } from '../test-server.fixture.js';

describe('the bot', () => {
  let server: TestServer;
  let bot: string;
  let grace: string;
  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED);
    const admin = { token: server.adminToken };
    await server.call('POST', '/api/v1/people', { ...admin, body: { name: 'slack-bot', displayName: 'Bot', service: true } });
    bot = API.createTokenFor.reply.parse((await server.call('POST', '/api/v1/people/slack-bot/tokens', { ...admin, body: { scopes: ['slack', 'read', 'promote', 'approve'] } })).body).token;
    for (const name of ['grace', 'bob']) await server.call('POST', '/api/v1/people', { ...admin, body: { name, displayName: name } });
    grace = API.createTokenFor.reply.parse((await server.call('POST', '/api/v1/people/grace/tokens', { ...admin, body: {} })).body).token;
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  const code = async (token: string) => API.createSlackCode.reply.parse((await server.call('POST', '/api/v1/me/slack-links', { token })).body).code;
  const link = (userId: string, typed: string) => server.call('POST', '/api/v1/slack/links', { token: bot, body: { teamId: 'T1', userId, code: typed } });
  const as = (person: string, path = '/api/v1/me', method = 'GET', token = bot) => server.call(method, path, { token, headers: { [ON_BEHALF_OF]: person } });

  it('acts for nobody who has not linked an account, and for whoever has', async () => {
    expect(await as('grace')).toMatchObject({ status: 403, body: { detail: expect.stringContaining('linked no account') } });
    const typed = await code(grace);
    expect(await link('U1', typed.toLowerCase())).toMatchObject({ status: 200, body: { person: 'grace' } });
    expect(await as('grace')).toMatchObject({ status: 200, body: { person: 'grace', admin: false } });
    expect(await server.call('GET', '/api/v1/slack/links/T1/U1', { token: bot })).toMatchObject({ status: 200, body: { person: 'grace' } });
    expect(await as('bob')).toMatchObject({ status: 403 });
  });

  it('takes a code once only, and no other', async () => {
    const typed = await code(grace);
    expect((await link('U2', typed)).status).toBe(200);
    expect(await link('U3', typed)).toMatchObject({ status: 400, body: { detail: expect.stringContaining('wrong, was used already or is older') } });
    expect((await link('U3', 'AAAAAAAA')).status).toBe(400);
  });

  it('may try five wrong codes in ten minutes from one account', async () => {
    for (let linked = 0; linked < 6; linked += 1) expect((await link('U4', await code(grace))).status).toBe(200);
    for (let tried = 0; tried < 5; tried += 1) await link('U4', 'BBBBBBBB');
    expect(await link('U4', await code(grace))).toMatchObject({ status: 403, body: { detail: expect.stringContaining('too many') } });
  });

  it.each([
    ['make a login link', 'POST', '/api/v1/login-links'],
    ['revoke a token', 'DELETE', '/api/v1/tokens/current'],
    ['make a code', 'POST', '/api/v1/me/slack-links'],
    ['list people', 'GET', '/api/v1/people'],
    ['push, or anything else of a forge', 'POST', '/api/v1/repositories/shop/changes'],
  ])('may not %s for anybody', async (_, method, path) => {
    expect(await as('grace', path, method)).toMatchObject({ status: 403 });
  });

  it('is nothing that the token of a person can do, not even of an admin', async () => {
    expect(await as('grace', '/api/v1/me', 'GET', server.adminToken)).toMatchObject({ status: 403, body: { detail: expect.stringContaining('only a bot') } });
    expect(await as('Not A Name!')).toMatchObject({ status: 400 });
  });

  it('keeps notes of its own, and cannot reach codes and links by them', async () => {
    const put = (body: object) => server.call('POST', '/api/v1/slack/notes', { token: bot, body });
    expect(await put({ key: 'a:1', value: 'x', expected: 0 })).toMatchObject({ status: 200, body: { version: 1 } });
    expect((await put({ key: 'a:1', value: 'y', expected: 0 })).status).toBe(409);
    expect((await server.call('GET', '/api/v1/slack/notes?prefix=a:', { token: bot })).body).toEqual({ items: [{ key: 'a:1', value: 'x', version: 1 }] });
    expect((await server.call('GET', '/api/v1/slack/notes?prefix=slack-', { token: bot })).body).toEqual({ items: [] });
    expect((await server.call('DELETE', '/api/v1/slack/notes?key=a:1', { token: bot })).status).toBe(204);
    expect((await server.call('DELETE', '/api/v1/slack/notes?key=x', { token: bot })).status).toBe(404);
  });

  it('says how it is, for admins only; what is no such note is left out', async () => {
    const state = { team: 'T1', hearing: 'socket', channels: ['C1'], since: '2026-01-01T00:00:00.000Z', seenAt: '2026-01-01T00:01:00.000Z', troubles: [{ where: 'C1', reason: 'is_archived', message: 'unarchive it', since: '2026-01-01T00:00:30.000Z' }] };
    for (const [key, value] of [['state:T1', JSON.stringify(state)], ['state:T2', 'of another version']]) await server.call('POST', '/api/v1/slack/notes', { token: bot, body: { key, value } });
    expect(await server.call('GET', '/api/v1/slack/bots', { token: server.adminToken })).toMatchObject({ status: 200, body: { items: [state] } });
    expect((await server.call('GET', '/api/v1/slack/bots', { token: bot })).status).toBe(403);
  });

  it('says what keeps it from telling people: admins are told once, and whoever asks why hears it', async () => {
    await server.call('POST', '/api/v1/repositories', { token: server.adminToken, body: { id: 'shop' } });
    const trouble = { reason: 'is_archived', message: 'unarchive it', since: '2026-01-01T00:00:30.000Z' };
    const state = { team: 'T7', hearing: 'socket', channels: ['C1'], since: '2026-01-01T00:00:00.000Z', seenAt: '2026-01-01T00:01:00.000Z', troubles: [{ where: 'C7', ...trouble }, { where: 'people', ...trouble }], untold: ['qa-cart-1', 'qa-pay-2'].map((promotion) => ({ channel: 'C7', repository: 'shop', promotion })) };
    for (let times = 0; times < 2; times += 1) await server.call('POST', '/api/v1/slack/notes', { token: bot, body: { key: 'state:T7', value: JSON.stringify(state) } });
    const { events } = await server.ports.events.after(undefined, 1_000);
    expect(events.flatMap(({ type, message }) => (type === 'notification.failed' ? [message] : []))).toEqual(['slack:C1 could not be told of promotions (is_archived): unarchive it', 'slack:C7 could not be told of promotions (is_archived): unarchive it']);
    const { notices } = API.why.reply.parse((await server.call('GET', '/api/v1/why?repository=shop', { token: server.adminToken })).body);
    expect(notices.filter(({ message }) => message.startsWith('Slack'))).toMatchObject([{ repository: 'shop', message: 'Slack (C7) is not told of qa-cart-1, qa-pay-2: unarchive it' }]);
  });

  it('says that an account is deactivated: it is nobody’s, and that stands in the log of events', async () => {
    const typed = await code(grace);
    expect((await link('UGONE', typed)).status).toBe(200);
    expect(await server.call('GET', '/api/v1/slack/links?team=T1', { token: bot })).toMatchObject({ status: 200, body: { items: expect.arrayContaining([{ teamId: 'T1', userId: 'UGONE', person: 'grace' }]) } });
    expect((await server.call('DELETE', '/api/v1/slack/links/T1/UGONE?because=deactivated', { token: bot })).status).toBe(204);
    expect((await server.ports.events.after(undefined, 1_000)).events.map(({ message }) => message)).toContain('the Slack account UGONE of T1 was unlinked from grace: Slack says that it is deactivated');
    expect((await server.call('GET', '/api/v1/slack/links?team=T1', { token: server.adminToken })).status).toBe(403);
  });

  it('forgets whose an account is when it is told so', async () => {
    expect((await server.call('DELETE', '/api/v1/slack/links/T1/U1', { token: bot })).status).toBe(204);
    expect((await server.call('GET', '/api/v1/slack/links/T1/U1', { token: bot })).status).toBe(404);
  });
});
