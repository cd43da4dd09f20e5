import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API, pathOf } from '@sluice/contracts';
import { repositoryId } from '@sluice/kernel';
import { parsePipeline } from '@sluice/pipeline';
import { describeCombinations, type Services } from '@sluice/testing';
import { TestAgent } from '../test-agent.fixture.js';
import { START_TIMEOUT, startTestServer, type TestServer } from '../test-server.fixture.js';

const run = promisify(execFile);

describeCombinations('git over HTTP', (combination) => {
  let services: Services;
  let server: TestServer;
  let folder: string;

  beforeAll(async () => {
    services = await combination.start();
    server = await startTestServer(services);
    folder = await mkdtemp(join(tmpdir(), 'sluice-git-client-'));
    await server.call('POST', API.createRepository.path, { token: server.adminToken, body: { id: 'shop' } });
    await git('init', '--quiet', '--initial-branch=main', '.');
    await writeFile(join(folder, 'a.yaml'), 'a: 1\n');
    await git('add', '.');
    await git('commit', '--quiet', '--message=one');
  }, START_TIMEOUT);
  afterAll(async () => {
    await server.stop();
    await services.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_TERMINAL_PROMPT: '0', GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.org' };
  const git = async (...argv: string[]) => (await run('git', argv, { cwd: folder, env: environment })).stdout.trim();
  const remote = (password: string, user = 'any', repository = 'shop') => server.url.replace('//', `//${user}:${password}@`) + `/git/${repository}.git`;
  const failure = (...argv: string[]) => git(...argv).then(() => 'it worked', (error: { stderr: string }) => error.stderr);

  it('takes a push with an API token as the password, and tells the repository’s worker to look', async () => {
    await git('push', '--quiet', remote(server.adminToken), 'main', 'main:dev');
    expect(await git('ls-remote', '--heads', remote(server.adminToken))).toMatch(/refs\/heads\/dev\n.*refs\/heads\/main$/);
    const pending = await server.ports.wakeStore.pending('repository:shop');
    expect(pending?.target).toEqual({ kind: 'repository', repository: 'shop' });
  });

  it('knows who pushed', async () => {
    const head = await git('rev-parse', 'main');
    const pushers = await server.ports.pushes.pushersOf(repositoryId('shop'), [head as never]);
    expect([...pushers.values()]).toEqual(['ada']);
  });

  it.each([
    ['a wrong token', () => failure('push', remote('slt_wrong'), 'main'), /401|Authentication failed/],
    ['no credential', () => failure('ls-remote', `${server.url}/git/shop.git`), /could not read Username|terminal prompts disabled/],
    ['a repository that does not exist', () => failure('ls-remote', remote(server.adminToken, 'any', 'nothing')), /there is no repository nothing|not found/],
    ['refs of Sluice’s own', () => failure('push', remote(server.adminToken), 'main:refs/sluice/forge/x'), /refs\/sluice belongs to Sluice/],
    ['branches of Sluice’s own', () => failure('push', remote(server.adminToken), 'main:sluice/mine'), /Sluice’s own/],
  ])('refuses %s', async (_, attempt, message) => {
    expect(await attempt()).toMatch(message);
  });

  it('refuses a push to an environment that denies them, and git says why; the branch of a promotion’s request takes resolutions', async () => {
    const { pipeline } = parsePipeline('apiVersion: sluice.dev/v1\nkind: Pipeline\nmetadata: { name: shop }\nspec:\n  environments:\n    - { name: dev }\n    - { name: prod, from: [dev], directPush: deny }\n');
    await server.ports.repositories.savePipeline({ repository: repositoryId('shop'), diagnostics: [], ...(pipeline && { pipeline }) });
    expect(await failure('push', remote(server.adminToken), 'main:prod')).toMatch(/\[remote rejected\] main -> prod \(prod takes no direct pushes \(directPush: deny\): bring the change by promotion or change request\)/);
    expect(await git('ls-remote', '--heads', remote(server.adminToken), 'prod')).toBe('');
    await git('push', '--quiet', remote(server.adminToken), 'main:sluice/promote/prod/shop');
  });

  it('keeps the text of a promotion’s request from everybody but Sluice', async () => {
    // its branch is there by the push before
    const { number } = await server.ports.changes.open(repositoryId('shop'), { title: 'Promote shop to prod', body: 'ours', sourceBranch: 'sluice/promote/prod/shop', targetBranch: 'main', draft: true });
    const call = (body: object) => server.call('PATCH', pathOf(API.updateChange, { repository: 'shop', number }), { token: server.adminToken, body });
    expect(await call({ body: 'theirs' })).toMatchObject({ status: 403, body: { detail: expect.stringContaining('is kept by Sluice') } });
    expect(await call({ title: 'theirs' })).toMatchObject({ status: 403 });
    expect(await call({ draft: false })).toMatchObject({ status: 200, body: { draft: false, title: 'Promote shop to prod', body: 'ours' } });
  });

  describe('with roles', () => {
    const roles = '  roles:\n    - { role: promoter, who: ["person:ben"], applications: ["*"], environments: ["*"] }\n    - { role: admin, who: ["person:pia"], applications: ["*"], environments: ["*"] }\n';
    const tokens = new Map<string, string>();
    const configured = () => git('push', '--quiet', remote(server.adminToken), 'main');

    beforeAll(async () => {
      for (const person of ['ben', 'pia']) {
        await server.call('POST', API.savePerson.path, { token: server.adminToken, body: { name: person, displayName: person } });
        tokens.set(person, API.createTokenFor.reply.parse((await server.call('POST', pathOf(API.createTokenFor, { person }), { token: server.adminToken, body: {} })).body).token);
      }
      // before there is any role, the pipeline file is for everybody to write
      await commit('before');
      await git('push', '--quiet', remote(tokens.get('ben')!), 'main');
      const { pipeline } = parsePipeline(`apiVersion: sluice.dev/v1\nkind: Pipeline\nmetadata: { name: shop }\nspec:\n  environments:\n    - { name: dev }\n    - { name: prod, from: [dev] }\n${roles}`);
      await server.ports.repositories.savePipeline({ repository: repositoryId('shop'), diagnostics: [], pipeline: pipeline! });
    });
    const commit = (text: string) => writeFile(join(folder, 'sluice.yaml'), `# ${text}\n`).then(() => git('add', '.')).then(() => git('commit', '--quiet', `--message=${text}`));
    const refusal = /\[remote rejected\] .* \(the pipeline file is on main: only admins of the whole repository may change the pipeline file: pia, or an admin of the server \(ada\)\)/;

    it('the branch of the pipeline file takes the pushes of admins of the whole repository only, and git says who that is', async () => {
      await commit('mine');
      expect(await failure('push', remote(tokens.get('ben')!), 'main')).toMatch(refusal);
      expect(await failure('push', '--force', remote(tokens.get('ben')!), 'main~2:main')).toMatch(refusal);
      expect(await failure('push', remote(tokens.get('ben')!), ':main')).toMatch(refusal);
      await git('push', '--quiet', remote(tokens.get('ben')!), 'main:topic');
      await git('push', '--quiet', remote(tokens.get('pia')!), 'main');
      await commit('by an admin of the server');
      await configured();
    });

    it('a request into it is merged by the same people only', async () => {
      await commit('by a request');
      await git('push', '--quiet', remote(tokens.get('ben')!), 'main:topic');
      const open = await server.call('POST', pathOf(API.createChange, { repository: 'shop' }), { token: tokens.get('ben')!, body: { title: 'More rights', sourceBranch: 'topic', targetBranch: 'main' } });
      const { number, head } = API.createChange.reply.parse(open.body);
      const merge = (person: string) => server.call('POST', pathOf(API.mergeChange, { repository: 'shop', number }), { token: tokens.get(person)!, body: { expectedHead: head } });
      expect(await merge('ben')).toMatchObject({ status: 403, body: { detail: expect.stringContaining('only admins of the whole repository may change the pipeline file: pia') } });
      expect(await merge('pia')).toMatchObject({ status: 200, body: { state: 'merged' } });
    });

    it('roles of the server’s settings hold before the first pipeline file is there', async () => {
      await server.call('POST', API.createRepository.path, { token: server.adminToken, body: { id: 'fresh' } });
      const granted = await server.call('POST', API.grantRole.path, { token: server.adminToken, body: { role: 'promoter', who: 'person:ben', repositories: 'fresh', reason: 'on call' } });
      expect(granted).toMatchObject({ status: 201 });
      expect(await failure('push', remote(tokens.get('pia')!, 'any', 'fresh'), 'main:topic')).toMatch(/you are a viewer here/);
      expect(await failure('push', remote(tokens.get('ben')!, 'any', 'fresh'), 'main')).toMatch(/only admins of the whole repository may change the pipeline file: an admin of the server \(ada\)/);
      await git('push', '--quiet', remote(tokens.get('ben')!, 'any', 'fresh'), 'main:topic');
      await git('push', '--quiet', remote(server.adminToken, 'any', 'fresh'), 'main');
    });
  });

  it('lets an agent read its repository and nothing more', async () => {
    const agent = await TestAgent.enrol(server, { cluster: 'dev-eu', repository: 'shop', environment: 'dev' });
    const password = await agent.token();
    expect(await git('ls-remote', '--heads', remote(password, 'agent'), 'dev')).toMatch(/refs\/heads\/dev$/);
    expect(await failure('push', remote(password, 'agent'), 'main:other')).toMatch(/agents only read/);
    await server.call('POST', API.createRepository.path, { token: server.adminToken, body: { id: 'other' } });
    expect(await failure('ls-remote', remote(password, 'agent', 'other'))).toMatch(/403|reads shop only/);
  });

  it('shuts a revoked agent out at once', async () => {
    const agent = await TestAgent.enrol(server, { cluster: 'dev-us', repository: 'shop', environment: 'dev' });
    const password = await agent.token();
    await server.call('POST', pathOf(API.revokeCluster, { cluster: 'dev-us' }), { token: server.adminToken });
    expect(await failure('ls-remote', remote(password, 'agent'))).toMatch(/401|Authentication failed/);
  });
});
