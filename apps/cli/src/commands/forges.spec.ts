import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { API } from '@sluice/contracts';
import { EVERY_PERMISSION, type DoubleRepository, type GithubDouble, startGithubDouble } from '@sluice/forge-doubles';
import { START_TIMEOUT, TestSystem, eventually } from '../test-system.fixture.js';
import type { Answer } from '../test-system.fixture.js';

const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: store }
spec:
  environments:
    - { name: dev, branch: dev }
    - { name: prod, branch: prod, from: [dev], approvals: { required: 1 } }
  applications: [{ name: store, paths: ["apps/**"] }]
`;
const FILE = 'apps/store/config.yaml';
const CLIENT_SECRET = 'a-secret-of-the-oauth-client';
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const run = promisify(execFile);
const config = (value: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: store }\ndata: { value: "${value}" }\n`;

// One story: an operator connects a repository on GitHub, a change goes to production there, and the credential is rotated.
describe('a repository on another forge, on the command line', () => {
  let system: TestSystem;
  let github: GithubDouble;
  let there: DoubleRepository;
  let token: string;
  let tokenFile: string;
  beforeAll(async () => {
    github = await startGithubDouble();
    there = await github.double.createRepository('acme/store');
    await there.commit({ branch: 'main', files: { 'sluice.yaml': PIPELINE } });
    for (const branch of ['dev', 'prod']) await there.commit({ branch, from: 'main', files: { [FILE]: config('1') } });
    system = await TestSystem.start({ main: { 'README.md': 'x\n' } }, { SLUICE_OUTBOUND_ALLOW: '127.0.0.1/32', SLUICE_LOG_LEVEL: 'debug' });
    ({ token } = github.token('sluice-bot', { permissions: EVERY_PERMISSION }));
    tokenFile = join(system.folder, 'token');
    await writeFile(tokenFile, `${token}\n`);
  }, START_TIMEOUT);
  afterAll(async () => {
    await system?.stop();
    await github?.stop();
  }, 60_000);

  const sluice = (...args: readonly string[]): Promise<Answer> => system.sluice(args);
  const add = (...more: readonly string[]): Promise<Answer> => sluice('credential', 'add', 'work', '--forge', 'github', '--forge-url', github.double.url, ...more);

  it('needs a credential, and says which words are wrong', async () => {
    expect(await add()).toMatchObject({ code: 2, err: expect.stringContaining('--token-file') });
    expect(await add('--token-file', join(system.folder, 'nowhere'))).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') });
    expect(await add('--app-id', 'x', '--private-key-file', tokenFile)).toMatchObject({ code: 2, err: expect.stringContaining('--app-id') });
    expect(await sluice('repository', 'add', 'store', '--credential', 'work', '--path', 'acme/store')).toMatchObject({ code: 4, err: expect.stringContaining('sluice credential add') });
    expect(await add('--token-file', tokenFile)).toMatchObject({ code: 0, out: expect.stringContaining('Stored: work') });
    expect(await add('--token-file', tokenFile)).toMatchObject({ code: 5, err: expect.stringContaining('sluice credential rotate work') });
    expect((await sluice('credential')).out).toContain(github.double.url);
  });

  it('is connected only when everything that is needed is there', async () => {
    expect(await sluice('repository', 'add', 'store', '--credential', 'work', '--path', 'acme/nothing')).toMatchObject({ code: 4 });
    const weak = github.token('sluice-bot', { permissions: { metadata: 'read', contents: 'read' } });
    await writeFile(join(system.folder, 'weak'), weak.token);
    await sluice('credential', 'rotate', 'work', '--token-file', join(system.folder, 'weak'));
    expect(await sluice('repository', 'add', 'store', '--credential', 'work', '--path', 'acme/store')).toMatchObject({ code: 2, err: expect.stringMatching(/pull.requests.*write/i) });
    expect((await sluice('repository', '-o', 'json')).out).not.toContain('acme/store');
    await sluice('credential', 'rotate', 'work', '--token-file', tokenFile);
    expect(await sluice('repository', 'add', 'store', '--credential', 'work', '--path', 'acme/store')).toMatchObject({ code: 0, out: expect.stringContaining('Connected: store') });
    expect(await sluice('repository', 'add', 'again', '--credential', 'work', '--path', 'ACME/store')).toMatchObject({ code: 5, err: expect.stringContaining('as store already') });
    expect((await sluice('repository')).out).toMatch(/store +store +github .*acme\/store +yes/);
    expect(await sluice('repository', 'check', 'store')).toMatchObject({ code: 0, out: expect.stringContaining('It may do everything that is needed.') });
  }, START_TIMEOUT);

  it('is promoted in: a push is heard of, a review there approves', async () => {
    const me = (await system.system.call(API.me)).person;
    expect(await sluice('people', 'link', me, 'octocat', '--credential', 'work')).toMatchObject({ code: 0, out: expect.stringContaining(`is ${me}`) });
    // who may approve depends on whose the commit is, and on who pushed it
    await sluice('people', 'add', 'dev-person', '--address', 'ada@example.org');
    await sluice('people', 'link', 'dev-person', 'dev-person', '--credential', 'work');
    await eventually('what prod has was written down', async () => [...there.requests.values()].some(({ target, state }) => target === 'prod' && state === 'merged'));
    await there.commit({ branch: 'dev', files: { [FILE]: config('2') }, message: 'Raise it' }, github.double.accounts.add('dev-person'));
    await eventually('a request is open there', async () => [...there.requests.values()].some(({ target, state }) => target === 'prod' && state === 'open'));
    const [request] = [...there.requests.values()].filter(({ target, state }) => target === 'prod' && state === 'open');
    if (request) there.review(request, { state: 'approved', body: '' }, github.double.accounts.add('octocat'));
    await eventually('it is merged there', async () => request?.state === 'merged');
    expect((await there.git.files((await there.git.head('prod')) ?? ('' as never)))[FILE]).toBe(config('2'));
  }, START_TIMEOUT);

  it('keeps a secret that works when a wrong one is given in its place', async () => {
    const wrong = join(system.folder, 'wrong');
    await writeFile(wrong, 'github_pat_wrong_and_unknown');
    expect(await sluice('credential', 'rotate', 'work', '--token-file', wrong)).toMatchObject({ code: 2, err: expect.stringContaining('does not take the new secret of credential work') });
    expect(await sluice('credential', 'rotate', 'work', '--token-file', join(system.folder, 'weak'))).toMatchObject({ code: 2, err: expect.stringMatching(/in acme\/store: pull requests: write/) });
    expect(await sluice('repository', 'check', 'store')).toMatchObject({ code: 0 });
    expect(await sluice('credential', 'remove', 'work')).toMatchObject({ code: 5, err: expect.stringContaining('store is connected with work') });
  });

  it('knows which account is mine by a token of mine, from a file or from standard input', async () => {
    expect(await sluice('account')).toMatchObject({ code: 0, out: expect.stringContaining('You have linked no account: `sluice account link') });
    await writeFile(fileOf('own'), `${github.token('octocat', {}).token}\n`);
    expect(await sluice('account', 'link', 'work', '--token-file', fileOf('own'))).toMatchObject({ code: 0, out: expect.stringMatching(/^Linked: octocat on \S+\. What you approve/) });
    expect((await sluice('account')).out).toMatch(/work +http\S+ +octocat +token +\S+ ago +yes$/);
    const again = await fromStandardInput(['account', 'link', 'work', '--token-file', '-', '--output', 'json'], `${github.token('octocat', {}).token}\n`);
    expect(JSON.parse(again)).toMatchObject({ credential: 'work', url: github.double.url, login: 'octocat', how: 'token' });
    expect(JSON.parse((await sluice('account', 'list', '-o', 'json')).out)).toEqual([JSON.parse(again)]);
  });

  it('is not told by a token of nobody, of somebody else or of Sluice, nor by none', async () => {
    await writeFile(fileOf('nobody'), 'github_pat_that_nobody_knows');
    await writeFile(fileOf('other'), github.token('dev-person', {}).token);
    await writeFile(fileOf('empty'), ' \n');
    const link = (file: string, credential = 'work'): Promise<Answer> => sluice('account', 'link', credential, '--token-file', file);
    expect(await link(fileOf('nobody'))).toMatchObject({ code: 2, err: expect.stringContaining(`${github.double.url} does not take this token`) });
    expect(await link(fileOf('other'))).toMatchObject({ code: 5, err: expect.stringMatching(/^dev-person on \S+ is dev-person’s: an admin has to take it from dev-person first/) });
    expect(await link(tokenFile)).toMatchObject({ code: 5, err: expect.stringContaining("Sluice's own account") });
    expect(await link(fileOf('empty'))).toMatchObject({ code: 2, err: `${fileOf('empty')} is empty: there is no secret in it` });
    expect(await link(fileOf('nowhere'))).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') });
    expect(await link(fileOf('own'), 'nowhere')).toMatchObject({ code: 4, err: expect.stringContaining('nowhere') });
    expect(JSON.parse((await sluice('account', '-o', 'json')).out)).toMatchObject([{ login: 'octocat' }]);
  });

  it('forgets what I have allowed, and not whose the account is', async () => {
    expect(await sluice('account', 'unlink', 'work')).toMatchObject({ code: 0, out: expect.stringMatching(/^Unlinked: /) });
    expect(await sluice('account', 'unlink', 'work')).toMatchObject({ code: 4, err: expect.stringContaining('you have linked no account on') });
    expect(JSON.parse((await sluice('people', 'accounts', '-o', 'json')).out)).toContainEqual(expect.objectContaining({ login: 'octocat' }));
    await sluice('account', 'link', 'work', '--token-file', fileOf('own'));
    expect(JSON.parse((await sluice('account', 'unlink', 'work', '-o', 'json')).out)).toEqual({ unlinked: 'work' });
    expect((await sluice('account', '-o', 'json')).out).toBe('[]');
  });

  it('has an OAuth client by which people link their accounts in a browser', async () => {
    const oauth = (...more: readonly string[]): Promise<Answer> => sluice('credential', 'oauth', 'work', ...more);
    await writeFile(fileOf('client'), `${CLIENT_SECRET}\n`);
    for (const wrong of [[], ['--client-id', 'Iv1.1', '--remove']]) expect(await oauth(...wrong)).toMatchObject({ code: 2, err: 'give the client with --client-id, or --remove' });
    expect(await oauth('--client-id', 'Iv1.1', '--client-secret-file', fileOf('empty'))).toMatchObject({ code: 2, err: `${fileOf('empty')} is empty: there is no secret in it` });
    expect(await oauth('--remove')).toMatchObject({ code: 4, err: expect.stringContaining('work has no OAuth client') });
    const redirectUri = `${system.system.url}/forge-accounts/callback`;
    expect(await oauth('--client-id', 'Iv1.1', '--client-secret-file', fileOf('client'))).toMatchObject({ code: 0, out: `Stored: the OAuth client Iv1.1 of work. Its redirect address on the forge has to be ${redirectUri}` });
    const stored = await fromStandardInput(['credential', 'oauth', 'work', '--client-id', 'Iv1.2', '--client-secret-file', '-', '-o', 'json'], CLIENT_SECRET);
    expect(JSON.parse(stored)).toEqual({ credential: 'work', clientId: 'Iv1.2', redirectUri });
    const address = `${system.system.url}/forge-accounts/start?credential=work`;
    expect(await sluice('account', 'link', 'work', '--no-browser')).toMatchObject({ code: 0, out: expect.stringContaining(address) });
    expect(JSON.parse((await sluice('account', 'link', 'work', '--no-browser', '-o', 'json')).out)).toEqual({ address });
    expect(JSON.parse((await oauth('--remove', '-o', 'json')).out)).toEqual({ removed: 'work' });
    expect(await sluice('credential', 'oauth', 'nowhere', '--client-id', 'Iv1.1')).toMatchObject({ code: 4 });
  });

  it('is not disconnected by mistake', async () => {
    expect(await sluice('repository', 'remove')).toMatchObject({ code: 2, err: expect.stringContaining('name') });
    expect(await sluice('repository', 'remove', 'nothing')).toMatchObject({ code: 4, err: expect.stringContaining('no repository nothing') });
  });

  it('never shows a secret: not in logs, answers, events or on the forge', async () => {
    github.double.accounts.revoke(token);
    await there.commit({ branch: 'dev', files: { [FILE]: config('3') } });
    await eventually('the server was refused', async () => github.double.log.calls().some(({ status }) => status === 401));
    expect(await sluice('repository', 'check', 'store')).toMatchObject({ code: expect.any(Number), err: expect.stringContaining('sluice credential rotate') });
    const personal = await Promise.all(['own', 'other', 'weak'].map(async (name) => (await readFile(fileOf(name), 'utf8')).trim()));
    // git shows a token as a password, which HTTP encodes
    const asPassword = [token, ...personal].map((secret) => Buffer.from(`x-access-token:${secret}`).toString('base64').slice(20, -4));
    const secrets = [token, ...personal, ...asPassword, 'github_pat_wrong_and_unknown', 'github_pat_that_nobody_knows', CLIENT_SECRET, ...[...there.hooks.values()].map(({ secret }) => secret), (await readFile(join(system.folder, 'data', 'encryption.key'), 'utf8')).trim()];
    const shown = [await logs(), (await sluice('credential', '-o', 'json')).out, (await sluice('repository', '-o', 'json')).out, (await sluice('why', '-o', 'json')).out, JSON.stringify([...there.requests.values()]), JSON.stringify(there.comments), JSON.stringify(there.statuses)];
    for (const secret of secrets) for (const text of shown) expect(text.includes(secret)).toBe(false);
    expect(secrets.every((secret) => secret.length >= 12)).toBe(true);
  }, START_TIMEOUT);

  it('is disconnected, also when its credential does not work any more, and its webhook is then named', async () => {
    const removed = await sluice('repository', 'remove', 'store', '--abandon');
    expect(removed).toMatchObject({ code: 0, out: expect.stringMatching(/Disconnected: store[^]*webhook to .*could not be removed/) });
    expect((await sluice('repository', '-o', 'json')).out).not.toContain('acme/store');
    expect(await sluice('credential', 'remove', 'work')).toMatchObject({ code: 0 });
  });

  const fileOf = (name: string): string => join(system.folder, name);

  /** What the command line prints when it is a process of its own, which is given this. */
  async function fromStandardInput(args: readonly string[], input: string): Promise<string> {
    const running = run(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'], HOME: system.folder, SLUICE_URL: system.system.url, SLUICE_TOKEN: system.system.token } });
    running.child.stdin?.end(input);
    return (await running).stdout;
  }

  async function logs(): Promise<string> {
    const folder = join(system.folder, 'data', 'logs');
    return (await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
  }
});
