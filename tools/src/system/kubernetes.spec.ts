import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API } from '@sluice/contracts';
import { KubernetesDouble } from '@sluice/kubernetes-double';
import { LocalSystem } from '@sluice/testing';
import { startClusterAgent } from './cluster-agent.fixture.js';
import { CLI, eventually } from './observe.fixture.js';
import { WorkTree } from './work-tree.js';

const run = promisify(execFile);
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: test }
spec:
  environments:
    - { name: dev }
    - { name: qa, from: [dev], gates: [{ name: healthy, type: health }] }
  applications: [{ name: web, paths: ["apps/web/**"] }, { name: other, paths: ["apps/other/**"] }]
`;

/** The deployment and a file of another application. */
function files(image: string): ReadonlyMap<string, string> {
  const labels = { app: 'web' };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } } } };
  const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other' }, data: { image } };
  return new Map([['apps/web/web.yaml', JSON.stringify(deployment)], ['apps/other/other.yaml', JSON.stringify(other)]]);
}

describe('a health gate before an environment, with a cluster in the one before', () => {
  let cluster: KubernetesDouble;
  let seed: WorkTree;
  let system: LocalSystem;
  let tree: WorkTree;
  let folder: string;
  let agent: ChildProcess;

  beforeAll(async () => {
    cluster = await KubernetesDouble.start({ cluster: { fails: (image) => image.endsWith(':broken') } });
    seed = await WorkTree.create();
    await seed.orphan('main', new Map([['sluice.yaml', PIPELINE]]));
    for (const environment of ['dev', 'qa']) await seed.orphan(environment, files('web:0'));
    system = await LocalSystem.start({ repository: seed.folder });
    tree = await WorkTree.create(system.gitEnvironment);
    await tree.git('remote', 'add', 'origin', system.repository);
    await tree.git('fetch', '--quiet', 'origin');
    await tree.git('checkout', '--quiet', '-B', 'dev', 'origin/dev');
    folder = await mkdtemp(join(tmpdir(), 'sluice-cluster-'));
    agent = await startClusterAgent({ system, cluster, environment: 'dev', name: 'dev-k8s', folder });
    await eventually('the cluster runs the beginning', async () => (await status()).includes('dev-k8s'));
  }, 180_000);
  afterAll(async () => {
    agent?.kill('SIGKILL');
    await tree?.remove();
    await system?.stop();
    await seed?.remove();
    await cluster?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const push = async (image: string): Promise<void> => {
    await tree.replace(files(image), image);
    await tree.git('push', '--quiet', 'origin', 'dev');
  };
  const sluice = async (...args: readonly string[]): Promise<string> => (await run(process.execPath, [CLI, ...args, '--data', system.data])).stdout;
  const status = async (): Promise<string> => JSON.stringify((await system.call(API.clusters)).items.filter(({ name, phase }) => name === 'dev-k8s' && phase === 'synced'));
  const inQa = async (path: string, text: string): Promise<boolean> => (await readFile(join(system.data, 'targets', 'qa', path), 'utf8')).includes(text);

  it('waits while a Deployment rolls out, names it, and lets the other application through; then the Deployment is there', async () => {
    cluster.cluster.pause();
    await push('web:1');
    await eventually('the other application is in qa', () => inQa('apps/other/other.yaml', 'web:1'));
    await eventually('why names the Deployment', async () => (await sluice('why', 'web', 'qa')).includes('Deployment.apps default/web'));
    expect(await inQa('apps/web/web.yaml', 'web:1')).toBe(false);
    cluster.cluster.resume();
    await eventually('the Deployment is in qa', () => inQa('apps/web/web.yaml', 'web:1'));
  }, 180_000);

  it('stays shut for what has failed, until it is repaired', async () => {
    await push('web:broken');
    await eventually('the other application is in qa', () => inQa('apps/other/other.yaml', 'web:broken'));
    expect(await inQa('apps/web/web.yaml', 'web:broken')).toBe(false);
    await push('web:2');
    await eventually('the repaired one is in qa', () => inQa('apps/web/web.yaml', 'web:2'));
  }, 180_000);
});
