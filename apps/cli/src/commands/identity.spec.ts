import { access, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { API } from '@sluice/contracts';
import { START_TIMEOUT, TestSystem, type Answer } from '../test-system.fixture.js';

/** A browser in which somebody is signed in, and allows what the page asks: it does what the page does. */
const browserOf = (loginLink: string): string => `#!${process.execPath}
const page = new URL(process.argv[2]);
const post = (path, body, headers = {}) => fetch(new URL(path, page), { method: 'POST', headers: { 'content-type': 'application/json', origin: page.origin, ...headers }, body: JSON.stringify(body) });
const session = await post('/api/v1/session', { secret: ${JSON.stringify(new URL(loginLink).hash.slice(1))} });
const cookie = session.headers.get('set-cookie').split(';')[0];
const { code } = await (await post('/api/v1/me/login-codes', { challenge: page.searchParams.get('challenge') }, { cookie })).json();
await fetch('http://127.0.0.1:' + page.searchParams.get('port') + '/favicon.ico');
await fetch('http://127.0.0.1:' + page.searchParams.get('port') + '/?code=' + encodeURIComponent(code));
`;

describe('who one is, on the command line', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await TestSystem.start({ main: { 'README.md': 'x\n' } });
  }, START_TIMEOUT);
  afterAll(() => system?.stop(), 60_000);

  const sluice = (...args: readonly string[]): Promise<Answer> => system.sluice(args);

  it('signs in by a browser that hands over a code, and keeps the token for nobody else', async () => {
    const browser = join(system.folder, 'browser.mjs');
    const person = (await system.system.call(API.me)).person;
    await writeFile(browser, browserOf(await system.system.loginLink(person)), { mode: 0o755 });
    const home = join(system.folder, 'config');
    const answer = await system.sluice(['login', system.system.url], { environment: { BROWSER: browser, XDG_CONFIG_HOME: home } });
    expect(answer).toMatchObject({ code: 0, out: expect.stringContaining(`Signed in as ${person}`) });
    const file = join(home, 'sluice', 'login.json');
    const { token } = JSON.parse(await readFile(file, 'utf8')) as { token: string };
    expect([(await stat(file)).mode & 0o777, answer.out.includes(token), answer.err.includes(token)]).toEqual([0o600, false, false]);
    expect(await system.sluice(['status'], { token })).toMatchObject({ code: 0 });
  });

  it('signs out: the token ends, and is forgotten; not without the server, unless it is to be', async () => {
    const home = join(system.folder, 'config-out');
    const file = join(home, 'sluice', 'login.json');
    const own = (args: readonly string[]): Promise<Answer> => system.sluice(args, { environment: { XDG_CONFIG_HOME: home } });
    const { person } = await system.system.call(API.me);
    const signIn = async (): Promise<string> => {
      expect(await own(['login', await system.system.loginLink(person)])).toMatchObject({ code: 0 });
      return (JSON.parse(await readFile(file, 'utf8')) as { token: string }).token;
    };
    const token = await signIn();
    expect(await own(['logout'])).toMatchObject({ code: 0, out: expect.stringContaining(`Signed out of ${system.system.url}`) });
    await expect(access(file)).rejects.toThrow('ENOENT');
    expect(await system.sluice(['status'], { token })).toMatchObject({ code: 3 });
    expect(await own(['logout'])).toMatchObject({ code: 4, err: expect.stringContaining('nobody is signed in here') });
    // ended by somebody else
    const other = await signIn();
    await fetch(new URL(API.revokeToken.path, system.system.url), { method: API.revokeToken.method, headers: { authorization: `Bearer ${other}` } });
    expect(await own(['logout', '-o', 'json'])).toMatchObject({ code: 0, out: expect.stringContaining('"ended": true') });
    await signIn();
    await writeFile(file, JSON.stringify({ url: 'http://127.0.0.1:9', token: other }));
    expect(await own(['logout'])).toMatchObject({ code: 6, err: expect.stringContaining('--forget') });
    await access(file);
    expect(await own(['logout', '--forget'])).toMatchObject({ code: 0, out: expect.stringContaining('still good') });
    await expect(access(file)).rejects.toThrow('ENOENT');
  });

  it('says what to give where there is no provider', async () => {
    expect(await sluice('login')).toMatchObject({ code: 2, err: expect.stringMatching(/give the login link/) });
  });

  it('makes a token for a machine that does what it is for, lists it and ends it', async () => {
    expect(await sluice('people', 'add', 'ci', '--service')).toMatchObject({ code: 0, out: expect.stringMatching(/ci .*service/) });
    const made = await sluice('token', 'create', '--person', 'ci', '--label', 'pipeline', '--scope', 'read', 'report', '--expires', '90d');
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^slt_\S+$/) });
    const token = made.out.trim();
    expect(await system.sluice(['status'], { token })).toMatchObject({ code: 0 });
    expect(await system.sluice(['people'], { token })).toMatchObject({ code: 3, err: expect.stringMatching(/needs admin/) });
    const listed = await sluice('token', 'list', '--person', 'ci');
    expect(listed.out).toMatch(/ci +pipeline +read, report +all +all +all +\S+ ago/);
    const [id = ''] = /^[0-9a-f-]{36}/m.exec(listed.out) ?? [];
    expect(await sluice('token', 'revoke', id)).toMatchObject({ code: 0 });
    expect(await system.sluice(['status'], { token })).toMatchObject({ code: 3 });
  });

  it('changes the groups and addresses of a person, and leaves what is not named', async () => {
    await sluice('people', 'add', 'erin', '--display-name', 'Erin', '--group', 'developers', '--address', 'erin@example.org');
    expect(await sluice('people', 'add', 'erin', '--group', 'release-managers')).toMatchObject({ code: 5, err: expect.stringMatching(/sluice people change erin/) });
    expect(await sluice('people', 'change', 'erin', '--add-group', 'release-managers', 'oncall', '--remove-group', 'developers', '--admin')).toMatchObject({ code: 0 });
    const erin = async (): Promise<unknown> => (await system.system.call(API.people)).items.find(({ name }) => name === 'erin');
    expect(await erin()).toMatchObject({ displayName: 'Erin', groups: ['release-managers', 'oncall'], emails: ['erin@example.org'], admin: true });
    expect(await sluice('people', 'change', 'erin', '--no-admin', '--add-address', 'e@example.org')).toMatchObject({ code: 0 });
    expect(await erin()).toMatchObject({ groups: ['release-managers', 'oncall'], emails: ['erin@example.org', 'e@example.org'], admin: false });
  });

  it('changes nobody where something is mistyped', async () => {
    expect(await sluice('people', 'change', 'nobody', '--add-group', 'oncall')).toMatchObject({ code: 4, err: expect.stringMatching(/there is no person nobody; there are .*erin/) });
    expect(await sluice('people', 'change', 'erin', '--add-group', 'admins', '--remove-group', 'on-call')).toMatchObject({ code: 4, err: expect.stringMatching(/not in the group on-call; there are release-managers, oncall\b/) });
    expect(await sluice('people', 'change', 'erin', '--add-address', 'no address')).toMatchObject({ code: 2, err: expect.stringMatching(/emails/) });
    expect(await sluice('people', 'change', 'erin')).toMatchObject({ code: 2, err: expect.stringMatching(/--add-group/) });
    expect((await system.system.call(API.people)).items.find(({ name }) => name === 'erin')).toMatchObject({ groups: ['release-managers', 'oncall'] });
  });

  it('takes out who has left, with their tokens, shows it, and lets them back in', async () => {
    expect(await sluice('people', 'add', 'leaver', '--group', 'sre')).toMatchObject({ code: 0 });
    const token = (await sluice('token', 'create', '--person', 'leaver')).out.trim();
    expect(await sluice('people', 'deactivate', 'leaver')).toMatchObject({ code: 2, err: expect.stringMatching(/--reason/) });
    expect(await sluice('people', 'deactivate', 'leaver', '--reason', 'has left')).toMatchObject({ code: 0, out: expect.stringMatching(/leaver .*sre .*deactivated/) });
    expect(await system.sluice(['status'], { token })).toMatchObject({ code: 3 });
    expect(JSON.parse((await sluice('people', '--output', 'json')).out)).toContainEqual(expect.objectContaining({ name: 'leaver', deactivated: expect.objectContaining({ reason: 'has left' }) }));
    expect(await sluice('login', '--link', '--person', 'leaver')).toMatchObject({ code: 5, err: expect.stringMatching(/sluice people reactivate leaver/) });
    const back = await sluice('people', 'reactivate', 'leaver');
    expect([back.code, back.out.includes('deactivated')]).toEqual([0, false]);
  });

  it('refuses a scope that there is not, and a token that lives too long', async () => {
    expect(await sluice('token', 'create', '--scope', 'everything')).toMatchObject({ code: 2, err: expect.stringMatching(/scopes/) });
    expect(await sluice('token', 'create', '--expires', '366d')).toMatchObject({ code: 2, err: expect.stringMatching(/--expires 366d: give a length of time from 1m to 365d/) });
    expect(await sluice('token', 'create', '--expires', 'soon')).toMatchObject({ code: 2, err: expect.stringMatching(/--expires soon/) });
  });

  it('says whose an identity is, and who is signed in where', async () => {
    const person = (await system.system.call(API.me)).person;
    const sessions = await sluice('sessions');
    const [id = ''] = /^[0-9a-f-]{36}/m.exec(sessions.out) ?? [];
    expect(await sluice('sessions', 'end', id)).toMatchObject({ code: 0 });
    expect(await sluice('people', 'bind', person, 'https://id.example.org', '42')).toMatchObject({ code: 0 });
    expect((await sluice('people', 'identities')).out).toMatch(/https:\/\/id\.example\.org +42/);
    expect(await sluice('people', 'unbind', 'https://id.example.org', '42')).toMatchObject({ code: 0 });
    // whoever came in by it has no session any more
    expect((await sluice('sessions')).out).not.toMatch(/^[0-9a-f-]{36}/m);
  });

  it('makes a code for Slack', async () => {
    expect((await sluice('slack', 'link')).out).toMatch(/^[A-Z2-9]{8}\n/);
  });

  it('says how the bot is in Slack, and what is to be done about it', async () => {
    expect((await sluice('slack', 'status')).out).toContain('No bot was here');
    const token = (await sluice('slack', 'bot')).out.trim();
    const state = { team: 'T1', hearing: 'socket', channels: ['C1'], since: '2026-01-01T00:00:00Z', seenAt: '2026-01-01T00:00:00Z', troubles: [{ where: 'C1', reason: 'is_archived', message: 'unarchive it', since: '2026-01-01T00:00:00Z' }] };
    await system.system.call(API.putBotNote, { token, body: { key: 'state:T1', value: JSON.stringify(state) } });
    expect((await sluice('slack', 'status')).out).toMatch(/workspace T1: last there .* ago.*\n {2}C1: is_archived, for .*: unarchive it/);
    expect(JSON.parse((await sluice('slack', 'status', '-o', 'json')).out)).toEqual([expect.objectContaining({ team: 'T1' })]);
  });
});
