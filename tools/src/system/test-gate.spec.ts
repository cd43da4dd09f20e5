import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API, pathOf } from '@sluice/contracts';
import type { TestRunDto } from '@sluice/contracts';
import { LocalSystem, describeCombinations } from '@sluice/testing';
import type { Services } from '@sluice/testing';
import { CLI, childrenOf, eventually } from './observe.fixture.js';
import { WorkTree } from './work-tree.js';

const run = promisify(execFile);
const FILE = 'apps/shop/config.yaml';
const SCRIPT = 'apps/shop/smoke.sh';
const COMMAND = ['sh', SCRIPT];
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: test }
spec:
  environments:
    - { name: dev }
    - { name: qa, from: [dev], gates: [{ name: smoke, type: test, test: smoke }] }
  applications: [{ name: shop, paths: ["apps/shop/**"] }]
  tests: { smoke: { command: ${JSON.stringify(COMMAND)}, timeout: 2m } }
`;
const files = (value: string, script = ''): ReadonlyMap<string, string> => new Map([[FILE, `value: "${value}"\n`], [SCRIPT, `${script}\n`]]);

describeCombinations('a test gate in a whole system', (combination) => {
  let services: Services;
  let seed: WorkTree;
  let data: string;
  let system: LocalSystem;
  let tree: WorkTree;

  beforeAll(async () => {
    services = await combination.start();
    data = await mkdtemp(join(tmpdir(), 'sluice-tested-'));
    await writeFile(join(data, 'allowed-tests.json'), JSON.stringify({ smoke: COMMAND }));
    seed = await WorkTree.create();
    await seed.orphan('main', new Map([['sluice.yaml', PIPELINE]]));
    for (const environment of ['dev', 'qa']) await seed.orphan(environment, files('0'));
    const backing = services.kind === 'postgres+redis' ? { backing: { database: services.databaseUrl, redis: services.redis.url } } : {};
    system = await LocalSystem.start({ repository: seed.folder, data, ...backing });
    tree = await WorkTree.create(system.gitEnvironment);
    await tree.git('remote', 'add', 'origin', system.repository);
    await tree.git('fetch', '--quiet', 'origin');
    await tree.git('checkout', '--quiet', '-B', 'dev', 'origin/dev');
    await eventually('the beginning is recorded', async () => {
      const { cells } = await system.call(API.matrix, { params: { repository: system.repositoryId } });
      return cells.some((cell) => cell.environment === 'qa' && cell.condition === 'in-sync');
    });
  }, 180_000);
  afterAll(async () => {
    await tree?.remove();
    await system?.stop();
    await seed?.remove();
    await services?.stop();
    await rm(data, { recursive: true, force: true });
  }, 60_000);

  const push = async (value: string, script: string): Promise<void> => {
    await tree.replace(files(value, script), `value ${value}`);
    await tree.git('push', '--quiet', 'origin', 'dev');
  };
  const arrives = (value: string): Promise<void> => eventually(`value ${value} in qa`, async () => (await readFile(join(system.data, 'targets', 'qa', FILE), 'utf8')).includes(`"${value}"`));
  const newest = async (): Promise<TestRunDto | undefined> => (await system.call(API.testRuns, { params: { repository: system.repositoryId } })).items[0];
  const becomes = (state: TestRunDto['state'], number = 1): Promise<void> => eventually(`the newest run is ${state}`, async () => {
    const found = await newest();
    return found?.state === state && found.number === number;
  });
  const sluice = async (...args: readonly string[]): Promise<string> => (await run(process.execPath, [CLI, ...args, '--data', system.data])).stdout;
  const isMarked = async (text: string): Promise<boolean> => (await run('pgrep', ['-f', text]).catch(() => ({ stdout: '' }))).stdout.trim() !== '';

  it('is passed by what the agent of dev has run in a copy of the files', async () => {
    await push('1', `echo "in $PWD"; cat ${FILE}; ls`);
    await arrives('1');
    expect(await newest()).toMatchObject({ state: 'passed', cluster: 'dev-local', exitCode: 0 });
    const log = await sluice('tests', 'shop', 'dev', '--log');
    expect(log).toContain('value: "1"');
    expect(log).not.toContain(join('targets', 'dev'));
    expect(await sluice('tests')).toMatch(/dev +shop +smoke .* passed +dev-local/);
  }, 120_000);

  it('stays shut when it fails, says why, gives its output as plain text, and opens when it passes the next time', async () => {
    const flag = join(system.data, 'logs', 'flag');
    await push('2', `echo '<script>alert(1)</script>'; test -f ${flag} || { echo "no flag"; exit 4; }`);
    await becomes('failed');
    expect(await sluice('why', 'shop', 'qa')).toContain('smoke failed on cluster dev-local: exit code 4');
    const { id = '' } = (await newest()) ?? {};
    const answer = await fetch(new URL(pathOf(API.testRunLog, { repository: system.repositoryId, run: id }), system.url), { headers: { authorization: `Bearer ${system.token}` } });
    expect([answer.headers.get('content-type'), answer.headers.get('x-content-type-options'), await answer.text()]).toEqual(['text/plain; charset=utf-8', 'nosniff', '<script>alert(1)</script>\nno flag\n']);
    await writeFile(flag, '');
    expect(await sluice('tests', 'run', 'shop', 'dev', '--reason', 'the flag is there')).toContain('smoke of shop is run again in dev');
    await arrives('2');
    expect(await newest()).toMatchObject({ state: 'passed', number: 2 });
  }, 120_000);

  it('is asked again after kill -9 of the agent, of which no process is left', async () => {
    const once = join(system.data, 'logs', 'once');
    await push('3', `test -f ${once} && exit 0; touch ${once}; sh -c "sleep 4711" & setsid sleep 4712 & sleep 4713`);
    await becomes('running');
    await eventually('it sleeps', () => isMarked('sleep 471[123]'));
    for (const agent of await childrenOf(system.pid, 'agent/dist/main.js')) process.kill(agent, 'SIGKILL');
    await arrives('3');
    expect(await isMarked('sleep 471[123]')).toBe(false);
  }, 180_000);

  it('takes the result of a test during which the server was killed', async () => {
    await push('4', 'sleep 3; echo patient');
    await becomes('running');
    const [server] = await childrenOf(system.pid, 'server/dist/main.js');
    if (server !== undefined) process.kill(server, 'SIGKILL');
    await arrives('4');
    expect(await newest()).toMatchObject({ state: 'passed', number: 1 });
  }, 180_000);

  it('waits for whoever owns the machine when the command is another', async () => {
    const config = await WorkTree.create(system.gitEnvironment);
    await config.git('fetch', '--quiet', system.repository, 'main');
    await config.git('checkout', '--quiet', '-B', 'main', 'FETCH_HEAD');
    await config.replace(new Map([['sluice.yaml', PIPELINE.replace(`"${SCRIPT}"]`, `"${SCRIPT}","--all"]`)]]), 'another test');
    await config.git('push', '--quiet', system.repository, 'main');
    await config.remove();
    await push('5', 'exit 0');
    await eventually('why says it', async () => (await sluice('why', 'shop', 'qa')).includes(`put smoke=["sh","${SCRIPT}","--all"] into the allow-list`));
  }, 120_000);
});
