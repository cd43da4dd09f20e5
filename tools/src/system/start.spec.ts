import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { API } from '@sluice/contracts';
import { LocalSystem, freePort } from '@sluice/testing';
import { CLI, childrenOf, eventually } from './observe.fixture.js';
import { WorkTree } from './work-tree.js';

const run = promisify(execFile);
const FILE = 'apps/shop/config.yaml';
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: later }
spec:
  environments: [{ name: dev, branch: dev }]
  applications: [{ name: shop, paths: ["apps/shop/**"] }]
`;

describe('a data folder, from start to start', () => {
  let data: string;
  beforeAll(async () => void (data = await mkdtemp(join(tmpdir(), 'sluice-start-'))));
  afterAll(() => rm(data, { recursive: true, force: true }));

  it('is left free, and no process behind, when the end comes while it starts', async () => {
    const up = spawn(process.execPath, [CLI, 'up', '--data', data, '--port', String(await freePort()), '--no-example'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = createInterface({ input: up.stdout });
    await once(output, 'line');
    await eventually('the server starts', async () => (await childrenOf(up.pid ?? 0)).length > 0);
    const children = await childrenOf(up.pid ?? 0);
    up.kill('SIGTERM');
    expect(await once(up, 'exit')).toEqual([130, null]);
    for (const child of children) expect(() => process.kill(child, 0)).toThrow(/ESRCH/);
  }, 60_000);

  it('gets an agent for each environment that is pushed later', async () => {
    const system = await LocalSystem.start({ data, example: false });
    const tree = await WorkTree.create(system.gitEnvironment);
    try {
      expect((await system.call(API.clusters)).items).toEqual([]);
      await tree.orphan('main', new Map([['sluice.yaml', PIPELINE]]));
      await tree.orphan('dev', new Map([[FILE, 'value: 1\n']]));
      await tree.git('push', '--quiet', '--atomic', system.repository, 'main', 'dev');
      await eventually('the file is in the target', async () => (await readFile(join(data, 'targets', 'dev', FILE), 'utf8')) === 'value: 1\n');
    } finally {
      await tree.remove();
      await system.stop();
    }
  }, 180_000);

  it('has one person without the example, who gets a link; what an admin changes stays, and so does the token', async () => {
    const before = JSON.parse(await readFile(join(data, 'connection.json'), 'utf8')) as { token: string };
    for (const round of ['change', 'look'] as const) {
      const lines: string[] = [];
      // whoever forgets the option the next time gets nobody else
      const system = await LocalSystem.start({ data, example: round === 'look', onLine: (line) => void lines.push(line) });
      const [operator, ...others] = (await system.call(API.people)).items;
      expect([operator?.admin, others]).toEqual([true, []]);
      expect(lines.filter((line) => line.startsWith('Sign in as '))).toHaveLength(1);
      if (round === 'change') await system.call(API.savePerson, { body: { ...operator, emails: ['operator@elsewhere.example'] } });
      else expect(operator?.emails).toEqual(['operator@elsewhere.example']);
      expect(system.token).toBe(before.token);
      expect(await system.call(API.me)).toMatchObject({ person: operator?.name, admin: true });
      await system.stop();
    }
  }, 180_000);

  it('lets the administrator make others', async () => {
    const system = await LocalSystem.start({ data });
    try {
      const sluice = (...args: readonly string[]) => run(process.execPath, [CLI, '--data', data, ...args]);
      await sluice('people', 'add', 'joan', '--display-name', 'Joan', '--address', 'joan@example.org', '--group', 'release-managers', 'sre');
      expect((await system.call(API.people)).items).toContainEqual({ name: 'joan', displayName: 'Joan', emails: ['joan@example.org'], groups: ['release-managers', 'sre'], admin: false, service: false });
      await expect(sluice('people', 'add', 'joan')).rejects.toMatchObject({ code: 5, stderr: expect.stringContaining('there is a person joan already') });
      await expect(sluice('people', 'add', 'Joan Clarke')).rejects.toMatchObject({ code: 2 });
      expect((await sluice('login', '--link', '--person', 'joan')).stdout).toMatch(/for joan, once/);
    } finally {
      await system.stop();
    }
  }, 180_000);
});
