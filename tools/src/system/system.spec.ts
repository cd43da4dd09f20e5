import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { API } from '@sluice/contracts';
import { LocalSystem, describeCombinations } from '@sluice/testing';
import type { Services } from '@sluice/testing';
import { CLI, childrenOf, eventually } from './observe.fixture.js';
import { WorkTree } from './work-tree.js';

const run = promisify(execFile);
const ENVIRONMENTS = ['dev', 'qa', 'prod'] as const;
const FILE = 'apps/shop/config.yaml';
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: test }
spec:
  environments:
    - { name: dev, branch: dev }
    - { name: qa, branch: qa, from: [dev], gates: [{ name: dev-healthy, type: health, soak: 0s }] }
    - { name: prod, branch: prod, from: [qa], gates: [{ name: qa-healthy, type: health, soak: 0s }] }
  applications: [{ name: shop, paths: ["apps/shop/**"] }]
`;
const files = (value: string): ReadonlyMap<string, string> => new Map([[FILE, `kind: ConfigMap\nmetadata: { name: shop }\ndata: { value: "${value}" }\n`]]);

describeCombinations('a whole system', (combination) => {
  let services: Services;
  let seed: WorkTree;
  let system: LocalSystem;
  let tree: WorkTree;
  const target = (environment: string): Promise<string> => readFile(join(system.data, 'targets', environment, FILE), 'utf8').catch(() => '');

  beforeAll(async () => {
    services = await combination.start();
    seed = await WorkTree.create();
    await seed.orphan('main', new Map([['sluice.yaml', PIPELINE]]));
    for (const environment of ENVIRONMENTS) await seed.orphan(environment, files('0'));
    const backing = services.kind === 'postgres+redis' ? { backing: { database: services.databaseUrl, redis: services.redis.url } } : {};
    system = await LocalSystem.start({ repository: seed.folder, ...backing });
    tree = await WorkTree.create(system.gitEnvironment);
    await tree.git('remote', 'add', 'origin', system.repository);
    await tree.git('fetch', '--quiet', 'origin');
    await tree.git('checkout', '--quiet', '-B', 'dev', 'origin/dev');
    // Before what the environments have in common is recorded, a change would be an adoption and wait for a person.
    await eventually('the beginning is recorded', rests);
  }, 180_000);
  afterAll(async () => {
    await tree?.remove();
    await system?.stop();
    await seed?.remove();
    await services?.stop();
  }, 60_000);

  const rests = async (): Promise<boolean> => {
    const { cells } = await system.call(API.matrix, { params: { repository: system.repositoryId } });
    return cells.length === 3 && cells.every((cell) => cell.environment === 'dev' || cell.condition === 'in-sync');
  };
  const push = async (value: string): Promise<void> => {
    await tree.replace(files(value), `value ${value}`);
    await tree.git('push', '--quiet', 'origin', 'dev');
  };
  const arrives = (value: string): Promise<void> => eventually(`value ${value} in prod`, async () => (await target('prod')).includes(`"${value}"`));

  it('brings what is pushed to dev with plain git to the files of prod', async () => {
    await push('1');
    await arrives('1');
    expect(await target('qa')).toBe(files('1').get(FILE));
  }, 120_000);

  it('plans where a revision would lead, and says when there is none such', async () => {
    const sluice = (...args: readonly string[]) => run(process.execPath, [CLI, 'plan', ...args, '--data', system.data]).catch((error: { code: number; stderr: string }) => error);
    expect(await sluice('dev')).toMatchObject({ stdout: expect.stringContaining('2 in sync: shop in qa, shop in prod') });
    for (const revision of ['nothing', 'f'.repeat(40)]) {
      expect(await sluice(revision)).toMatchObject({ code: 4, stderr: expect.stringContaining(revision) });
      const answer = await fetch(new URL(API.plan.path, system.url), { method: 'POST', headers: { authorization: `Bearer ${system.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ repository: system.repositoryId, revision }) });
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(await answer.json()).toMatchObject({ status: 404, title: 'Not Found', detail: expect.stringContaining(revision) });
    }
  }, 60_000);

  it('refuses a push with a wrong token, and nothing of it stays', async () => {
    const stranger = await WorkTree.create({ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from('token:slt_wrong').toString('base64')}`, GIT_TERMINAL_PROMPT: '0' });
    try {
      await stranger.orphan('dev', files('evil'));
      await expect(stranger.git('push', '--quiet', system.repository, 'dev:stranger')).rejects.toThrow(/401|Authentication failed|could not read/);
      await tree.git('fetch', '--quiet', 'origin');
      expect(await tree.git('branch', '-r')).not.toContain('stranger');
    } finally {
      await stranger.remove();
    }
  }, 60_000);

  it('goes on with what it has acknowledged after kill -9 of the server, whenever it comes', async () => {
    for (let round = 0; round < 4; round += 1) {
      const [server] = await childrenOf(system.pid, 'server/dist/main.js');
      await eventually('the server answers', async () => (await fetch(new URL(API.ready.path, system.url))).ok);
      await push(`kill-${round}`);
      await pause(80 + round * 250);
      if (server !== undefined) process.kill(server, 'SIGKILL');
    }
    await arrives('kill-3');
    await eventually('rest', rests);
    const { items } = await system.call(API.changes, { params: { repository: system.repositoryId }, query: { limit: 100 } });
    const keys = items.map((request) => `${request.targetBranch} ${request.title}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(items.filter((request) => request.state === 'open')).toEqual([]);
  }, 240_000);

  it('goes on after kill -9 of an agent', async () => {
    const agents = await childrenOf(system.pid, 'agent/dist/main.js');
    expect(agents).toHaveLength(3);
    await push('agents');
    for (const agent of agents) process.kill(agent, 'SIGKILL');
    await arrives('agents');
  }, 180_000);

  it('puts back what somebody changes in a target', async () => {
    await writeFile(join(system.data, 'targets', 'prod', FILE), 'changed by hand\n');
    await eventually('the file is put back', async () => (await target('prod')) === files('agents').get(FILE));
  }, 120_000);

  it('refuses a second up on the same folder, with an exit code of its own', async () => {
    const second = await run(process.execPath, [CLI, 'up', '--data', system.data, '--port', '1']).catch((error: { code: number; stderr: string }) => error);
    expect(second).toMatchObject({ code: 5, stderr: expect.stringContaining('in use by process') });
  }, 60_000);

  it('keeps the credential of connection.json to its owner', async () => {
    expect((await stat(join(system.data, 'connection.json'))).mode & 0o777).toBe(0o600);
    const logs = await readFile(join(system.data, 'logs', 'server.log'), 'utf8');
    expect(logs).not.toContain(system.token);
  });

  if (combination.name === 'postgres+redis') {
    it('ends the same when Redis is emptied under load', async () => {
      if (services.kind !== 'postgres+redis') throw new Error('not on Redis');
      for (let round = 0; round < 5; round += 1) {
        await push(`flush-${round}`);
        await pause(60 * round);
        await services.redis.flushAll();
      }
      await arrives('flush-4');
    }, 240_000);
  }
});

describe('the command line on a machine without a server', () => {
  const sluice = async (...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string; left: readonly string[] }> => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
    try {
      const { stdout, stderr } = await run(process.execPath, [CLI, ...args], { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } });
      return { code: 0, stdout, stderr, left: await readdir(folder) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr, left: await readdir(folder) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  it.each([
    [['status'], 3, 'no server is known'],
    [['--url', 'http://127.0.0.1:1', 'status'], 6, 'cannot be reached'],
    [['--url', 'nonsense', 'status'], 2, 'is not a URL'],
    [['nonsense'], 2, 'unknown command'],
    [['-o', 'xml', 'status'], 2, 'Allowed choices'],
    [['validate', 'missing.yaml'], 4, 'there is no file missing.yaml'],
    [['login', 'not-a-link'], 2, 'not a login link'],
    [['login'], 2, 'give the login link'],
    [['up', '--port', '0'], 2, '--port 0'],
    [['up', '--redis', 'redis://127.0.0.1:1'], 2, 'belong together'],
    [['up', '--port', '22'], 2, 'browsers refuse port 22'],
    [['up', '--data', '/dev/null'], 2, 'cannot be the data folder'],
    [['up', '--data', '/proc/sluice'], 2, 'cannot be the data folder'],
    [['up', '--data', 'x'.repeat(300)], 2, 'cannot be the data folder'],
    [['up', '--data', ''], 2, '--data: give a folder'],
    [['up', '--port', 'http'], 2, '--port http: give a number'],
    [['up', '--host', ''], 2, '--host: give an address'],
    [['up', '--port', '7983', '--host', '203.0.113.7'], 2, 'give another address with --host'],
    [['up', '--repository', 'ftp://127.0.0.1/x'], 2, 'give a path, or a URL'],
    [['up', '--port', '7983', '--repository', 'http://127.0.0.1:1/x.git'], 2, 'Give the path or the URL of a git repository'],
    [['up', '--port', '7983', '--repository', 'missing'], 2, 'cannot be fetched'],
    [['up', '--port', '7983', '--redis', 'redis://127.0.0.1:1', '--database', 'postgres://ada:hunter2@127.0.0.1:1/x'], 6, 'nothing answers at 127.0.0.1:1'],
    [['status', '--data', 'missing'], 4, 'has no connection.json'],
    [['down'], 4, 'there is no folder'],
    [['reject', 'checkout', 'prod'], 2, '--reason'],
    [['freeze', 'prod', '--for', '2h'], 2, '--reason'],
    [['freeze', '--for', '2h', '--reason', 'x'], 2, 'name an environment, or say --all'],
    [['freeze', 'prod', '--all', '--for', '2h', '--reason', 'x'], 2, 'name an environment, or say --all'],
    [['freeze', 'prod', '--reason', 'x'], 2, 'say one of --for, --until and --until-lifted'],
    [['freeze', 'prod', '--for', 'long', '--reason', 'x'], 2, '--for long: not a duration'],
    [['freeze', 'prod', '--until', 'tomorrow', '--reason', 'x'], 2, '--until tomorrow: not a time'],
    [['unfreeze'], 2, 'name an environment, or say --all'],
    [['hold', 'prod', 'checkout'], 2, '--reason'],
    [['override', 'checkout', 'prod', 'unit'], 2, '--reason'],
    [['plan', '--at', 'tomorrow'], 2, '--at tomorrow: not a time'],
  ] as const)('%j ends with %d and says what to do', async (args, code, message) => {
    const ended = await sluice(...args);
    expect(ended.stderr).toContain(message);
    expect(ended.code).toBe(code);
    expect(ended.stderr).not.toContain('    at ');
    expect(ended.left).toEqual([]);
  });

  it('ends quietly when nobody reads on', async () => {
    const { stdout, stderr } = await run('sh', ['-c', `"${process.execPath}" "${CLI}" --help | head -1`]);
    expect(stdout).toBe('Usage: sluice [options] [command]\n');
    expect(stderr).toBe('');
  });

  it('shows help and its exit codes', async () => {
    const { code, stdout } = await sluice('--help');
    expect(code).toBe(0);
    for (const word of ['up', 'down', 'validate', 'plan', 'status', 'why', 'promote', 'approve', 'reject', 'override', 'freeze', 'unfreeze', 'hold', 'clusters', 'login', 'Exit codes']) expect(stdout).toContain(word);
  });
});
