import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { API, ON_BEHALF_OF, pathOf } from '@sluice/contracts';
import { instant, personName } from '@sluice/kernel';
import { applyBootstrap } from './bootstrap.js';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type Answer, type TestServer } from './test-server.fixture.js';
import { TestStream } from './test-stream.fixture.js';

const REASON = 'has left the company';
const FORGE = 'https://git.example.org';
const SLACK = { teamId: 'T024BE7LH', userId: 'U024BE7LH' };

describe('somebody who has left', () => {
  let server: TestServer;
  let bot: string;
  /** What ben had when he left. */
  let had: { readonly token: string; readonly session: Record<string, string>; readonly link: string; readonly code: string; readonly streams: readonly TestStream[] };
  let left: Answer;

  const admin = (method: string, path: string, body?: unknown): Promise<Answer> => server.call(method, path, { token: server.adminToken, ...(body !== undefined && { body }) });
  const linkFor = async (person: string): Promise<string> => new URL(API.createLoginLink.reply.parse((await admin('POST', API.createLoginLink.path, { person })).body).url).hash.slice(1);
  const signIn = (secret: string): Promise<Answer> => server.call('POST', API.signIn.path, { body: { secret } });
  const sessionOf = async (person: string): Promise<Record<string, string>> => ({ cookie: (await signIn(await linkFor(person))).headers.get('set-cookie')?.split(';')[0] ?? '', origin: server.url });
  const tokenOf = async (person: string, limits: object = {}): Promise<string> => API.createTokenFor.reply.parse((await admin('POST', pathOf(API.createTokenFor, { person }), { label: 'laptop', ...limits })).body).token;
  const codeOf = async (token: string): Promise<string> => API.createSlackCode.reply.parse((await server.call('POST', API.createSlackCode.path, { token })).body).code;
  const linkSlack = (code: string): Promise<Answer> => server.call('POST', API.finishSlackLink.path, { token: bot, body: { ...SLACK, code } });
  const forBen = (): Promise<Answer> => server.call('GET', API.me.path, { token: bot, headers: { [ON_BEHALF_OF]: 'ben' } });
  const deactivate = (person: string, token = server.adminToken): Promise<Answer> => server.call('POST', pathOf(API.deactivatePerson, { person }), { token, body: { reason: REASON } });
  const reactivate = (person: string): Promise<Answer> => admin('DELETE', `${pathOf(API.reactivatePerson, { person })}?reason=back`);
  const me = async (options: { readonly token?: string; readonly headers?: Record<string, string> }): Promise<number> => (await server.call('GET', API.me.path, options)).status;
  const listed = async (name: string) => API.people.reply.parse((await admin('GET', API.people.path)).body).items.find((person) => person.name === name);
  const entries = async (action: string) => (await server.ports.auditStore.list({ action, limit: 5 })).items.map(({ entry }) => JSON.parse(entry) as Record<string, unknown>);

  /** As their token lets somebody allow Sluice on a forge. */
  async function allowOnForge(): Promise<void> {
    const { forges, ownAccounts } = server.ports;
    await forges.saveCredential({ name: 'work', kind: 'gitea', url: FORGE, sealed: 'x', changedAt: instant(1) });
    await forges.link({ url: FORGE, login: 'ben-on-the-forge', person: personName('ben') });
    await ownAccounts.save({ person: personName('ben'), url: FORGE, credential: 'work', login: 'ben-on-the-forge', how: 'token', sealed: 'x', since: instant(1) });
  }

  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED);
    await admin('POST', API.people.path, { name: 'slack-bot', displayName: 'Bot', service: true });
    bot = await tokenOf('slack-bot', { scopes: ['slack', 'read', 'promote', 'approve'] });
    await admin('POST', API.people.path, { name: 'ben', displayName: 'Ben', emails: ['ben@example.org'], groups: ['release-managers'], admin: true });
    const [token, session] = [await tokenOf('ben'), await sessionOf('ben')];
    const events = `${server.url}${API.events.path}`;
    const streams = await Promise.all([TestStream.open(events, { authorization: `Bearer ${token}` }), TestStream.open(events, session)]);
    await linkSlack(await codeOf(token));
    await allowOnForge();
    had = { token, session, link: await linkFor('ben'), code: await codeOf(token), streams };
    left = await deactivate('ben');
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  it('is shown as one, with when, by whom and why; groups stay written down', async () => {
    const deactivated = { at: expect.any(String) as string, by: 'ada', reason: REASON };
    expect(left).toMatchObject({ status: 200, body: { name: 'ben', deactivated } });
    expect(await listed('ben')).toMatchObject({ groups: ['release-managers'], admin: true, emails: ['ben@example.org'], deactivated });
    const { events } = await server.ports.events.after(undefined, 1_000);
    expect(events.find(({ type }) => type === 'person.deactivated')).toMatchObject({ by: 'ada', message: `ada deactivated ben: ${REASON}` });
  });

  it('is out at once: token, session, git, both event streams, and the links that were under way', async () => {
    expect([await me({ token: had.token }), await me({ headers: had.session })]).toEqual([401, 401]);
    await Promise.all(had.streams.map((stream) => stream.untilEnd()));
    expect((await server.call('GET', '/git/shop.git/info/refs?service=git-upload-pack', { headers: { authorization: `Basic ${Buffer.from(`x:${had.token}`).toString('base64')}` } })).status).toBe(401);
    expect((await signIn(had.link)).status).toBe(401);
    expect((await linkSlack(had.code)).status).toBe(400);
  });

  it('is nobody in Slack, and has allowed nothing on a forge; the login there stays theirs, so that their pushes stay known', async () => {
    expect(await forBen()).toMatchObject({ status: 403, body: { detail: expect.stringContaining('ben was deactivated') as string } });
    expect((await server.call('GET', pathOf(API.slackLink, { team: SLACK.teamId, user: SLACK.userId }), { token: bot })).status).toBe(404);
    expect(await server.ports.ownAccounts.list(personName('ben'))).toEqual([]);
    expect(await server.ports.forges.accounts()).toContainEqual({ url: FORGE, login: 'ben-on-the-forge', person: 'ben' });
  });

  it('leaves one entry in the audit that names all that ended', async () => {
    expect(await entries('person.deactivate')).toMatchObject([
      {
        who: { name: 'ada' },
        place: { person: 'ben' },
        why: REASON,
        before: { groups: ['release-managers'], admin: true, tokens: [{ label: 'laptop' }], sessions: [{ label: 'login link' }], slackAccounts: [{ team: SLACK.teamId, user: SLACK.userId }], forgeAccounts: [{ url: FORGE, login: 'ben-on-the-forge' }] },
      },
    ]);
  });

  it.each([
    ['no login link', () => admin('POST', API.createLoginLink.path, { person: 'ben' })],
    ['no token', () => admin('POST', pathOf(API.createTokenFor, { person: 'ben' }), {})],
  ])('gets %s, also of an admin, who is told why', async (_, ask) => {
    expect(await ask()).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/^ben was deactivated by ada at .*: has left the company: `sluice people reactivate ben`/) as string } });
  });

  it('stays one when an admin changes what else is said of them', async () => {
    const person = await listed('ben');
    expect(await admin('POST', API.people.path, { ...person, emails: ['ben@example.org', 'ben@home.example'], deactivated: undefined })).toMatchObject({ status: 200, body: { deactivated: { reason: REASON } } });
  });

  it.each([
    ['oneself', 'ada', 403, /another admin/],
    ['somebody a second time', 'ben', 409, /ben was deactivated by ada/],
    ['nobody', 'nobody-here', 404, /no person nobody-here/],
  ])('is not %s', async (_, person, status, detail) => {
    expect(await deactivate(person)).toMatchObject({ status, body: { detail: expect.stringMatching(detail) as string } });
  });

  it('does not leave without a reason, nor come back without having left', async () => {
    expect((await admin('POST', pathOf(API.deactivatePerson, { person: 'ben' }), { reason: ' ' })).status).toBe(400);
    expect([(await reactivate('ada')).status, (await reactivate('nobody-here')).status]).toEqual([409, 404]);
  });

  it('does not come back by the bootstrap file that is still there', async () => {
    const [file, adminToken] = [join(server.dataFolder, 'bootstrap-of-ben.json'), `slt_${'b'.repeat(43)}`];
    await writeFile(file, JSON.stringify({ admin: { name: 'ben', displayName: 'Ben' }, adminToken }), { mode: 0o600 });
    await applyBootstrap(file, server.ports);
    expect(await me({ token: adminToken })).toBe(401);
  });

  it('comes back with the groups that they had, and with nothing that had ended', async () => {
    const answer = await reactivate('ben');
    expect(answer).toMatchObject({ status: 200, body: { groups: ['release-managers'], admin: true } });
    expect(answer.body).not.toHaveProperty('deactivated');
    expect([await me({ token: had.token }), (await forBen()).status]).toEqual([401, 403]);
    expect((await server.call('GET', API.people.path, { headers: await sessionOf('ben') })).status).toBe(200);
    expect(await entries('person.reactivate')).toMatchObject([{ who: { name: 'ada' }, place: { person: 'ben' }, why: 'back' }]);
  });

  it('is never everybody: of two admins who take each other out at once, one stays', async () => {
    const bens = await tokenOf('ben');
    const statuses = (await Promise.all([deactivate('ben'), deactivate('ada', bens)])).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    const admins = (await server.ports.people.list()).filter((person) => person.admin && !person.deactivated);
    expect(admins).toHaveLength(1);
  });
});
