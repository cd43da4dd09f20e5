import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
    expect(await sluice('credential', 'rotate', 'work', '--token-file', wrong)).toMatchObject({ code: expect.any(Number), err: expect.stringMatching(/not valid|sluice credential rotate/) });
    expect(await sluice('repository', 'check', 'store')).toMatchObject({ code: 0 });
    expect(await sluice('credential', 'remove', 'work')).toMatchObject({ code: 5, err: expect.stringContaining('store is connected with work') });
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
    const secrets = [token, 'github_pat_wrong_and_unknown', ...[...there.hooks.values()].map(({ secret }) => secret), (await readFile(join(system.folder, 'data', 'encryption.key'), 'utf8')).trim()];
    const shown = [await logs(), (await sluice('credential', '-o', 'json')).out, (await sluice('repository', '-o', 'json')).out, (await sluice('why', '-o', 'json')).out, JSON.stringify([...there.requests.values()]), JSON.stringify(there.comments), JSON.stringify(there.statuses)];
    for (const secret of secrets) for (const text of shown) expect(text.includes(secret)).toBe(false);
    expect(secrets.every((secret) => secret.length > 20)).toBe(true);
  }, START_TIMEOUT);

  it('is disconnected, also when its credential does not work any more, and its webhook is then named', async () => {
    const removed = await sluice('repository', 'remove', 'store', '--abandon');
    expect(removed).toMatchObject({ code: 0, out: expect.stringMatching(/Disconnected: store[^]*webhook to .*could not be removed/) });
    expect((await sluice('repository', '-o', 'json')).out).not.toContain('acme/store');
    expect(await sluice('credential', 'remove', 'work')).toMatchObject({ code: 0 });
  });

  async function logs(): Promise<string> {
    const folder = join(system.folder, 'data', 'logs');
    return (await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
  }
});
