import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { API } from '@sluice/contracts';
import { LocalSystem, freePort } from '@sluice/testing';
import { CLI, childrenOf, eventually } from './observe.fixture.js';
import { WorkTree } from './work-tree.js';

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

  it('keeps what an admin has changed about people, and its token', async () => {
    const before = JSON.parse(await readFile(join(data, 'connection.json'), 'utf8')) as { token: string };
    for (const round of ['change', 'look']) {
      const system = await LocalSystem.start({ data, example: false });
      const ada = (await system.call(API.people)).items.find(({ name }) => name === 'ada');
      if (round === 'change') await system.call(API.savePerson, { body: { ...ada, emails: ['ada@elsewhere.example'] } });
      else expect(ada?.emails).toEqual(['ada@elsewhere.example']);
      expect(system.token).toBe(before.token);
      await system.stop();
    }
  }, 180_000);
});
