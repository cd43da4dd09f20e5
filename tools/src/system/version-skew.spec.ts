import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API } from '@sluice/contracts';
import { KubernetesDouble } from '@sluice/kubernetes-double';
import { LocalSystem } from '@sluice/testing';
import { changeByHand, startClusterAgent } from './cluster-agent.fixture.js';
import { CLI, eventually } from './observe.fixture.js';
import { PreviousMinorProxy } from './previous-minor.fixture.js';
import { WorkTree } from './work-tree.js';

const run = promisify(execFile);
// everything that came after the previous version: fields that are ignored, rules for health, tests
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: test }
spec:
  environments:
    - { name: dev, drift: { mode: report, ignore: [{ kind: ConfigMap, fields: [data.note] }] } }
    - { name: qa, from: [dev], gates: [{ name: healthy, type: health }, { name: smoke, type: test, test: smoke }] }
  applications: [{ name: web, paths: ["apps/web/**"] }]
  tests: { smoke: { command: [./smoke.sh] } }
  health: [{ apiVersion: example.com/v1, kind: Shop, current: "true" }]
`;
const files = (value: string): ReadonlyMap<string, string> => new Map([['apps/web/a.yaml', JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { value } })]]);
const MAP = '/api/v1/namespaces/default/configmaps/a';

describe.each([
  ['0.0.9', 'one minor version older', undefined],
  ['0.2.0', 'one minor version newer', undefined],
  ['0.3.0', 'two minor versions newer', /^the agent \(0\.3\.0\) is too new for the server \(0\.1\.0\): they may be one minor version apart/],
])('an agent and a server that speak only what the previous minor version spoke; the agent (%s) is %s', (agentVersion, _, skew) => {
  let cluster: KubernetesDouble;
  let seed: WorkTree;
  let system: LocalSystem;
  let proxy: PreviousMinorProxy;
  let folder: string;
  let agent: ChildProcess;

  beforeAll(async () => {
    cluster = await KubernetesDouble.start();
    seed = await WorkTree.create();
    await seed.orphan('main', new Map([['sluice.yaml', PIPELINE]]));
    for (const environment of ['dev', 'qa']) await seed.orphan(environment, files('0'));
    system = await LocalSystem.start({ repository: seed.folder });
    proxy = await PreviousMinorProxy.start({ server: system.url, agentVersion });
    folder = await mkdtemp(join(tmpdir(), 'sluice-skew-'));
    agent = await startClusterAgent({ system, cluster, environment: 'dev', name: 'dev-k8s', folder }, { SLUICE_SERVER_URL: proxy.url, SLUICE_GIT_URL: system.repository, SLUICE_HEARTBEAT_INTERVAL: '1s' });
  }, 180_000);
  afterAll(async () => {
    agent?.kill('SIGKILL');
    await proxy?.stop();
    await system?.stop();
    await seed?.remove();
    await cluster?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const told = async () => (await system.call(API.clusters)).items.find(({ name }) => name === 'dev-k8s');

  it('work together: what is assigned is applied and reported, changes by hand are told without what differs, tests wait', async () => {
    await eventually('the cluster runs the beginning', async () => (await told())?.phase === 'synced' && (await told())?.health === 'Current');
    expect(cluster.stored('', 'configmaps', 'default', 'a')).toMatchObject({ data: { value: '0' } });
    const tree = await WorkTree.create(system.gitEnvironment);
    await tree.git('fetch', '--quiet', system.repository, 'dev');
    await tree.git('checkout', '--quiet', '-B', 'dev', 'FETCH_HEAD');
    await tree.replace(files('1'), 'change');
    await tree.git('push', '--quiet', system.repository, 'dev');
    await tree.remove();
    await eventually('the change is in the cluster', async () => (cluster.stored('', 'configmaps', 'default', 'a') as { data?: { value?: string } } | undefined)?.data?.value === '1');
    await changeByHand(cluster, MAP, { data: { value: 'by hand' } });
    await eventually('the change by hand is told', async () => (await told())?.drift.length === 1);
    const { items } = await system.call(API.drift, { params: { repository: system.repositoryId } });
    expect(items.find(({ cluster: name }) => name === 'dev-k8s')?.places).toMatchObject([{ path: 'apps/web/a.yaml', kind: 'modified', capturable: false }]);
    const why = (await run(process.execPath, [CLI, 'why', '-o', 'json', '--data', system.data])).stdout;
    expect(why).toContain('smoke');
    expect(proxy.faults).toEqual([]);
    expect([...proxy.seen.keys()].sort()).toEqual(expect.arrayContaining(['agentReport', 'assignment', 'enrol', 'enrolled', 'heartbeat', 'heartbeatReply', 'nonce', 'reportReceipt']));
  }, 120_000);

  it(`are ${skew ? 'said to be too far apart, by \`clusters\`' : 'nothing that anybody is told of'}`, async () => {
    await eventually('the version is known', async () => (await told())?.agentVersion === agentVersion);
    const shown = (await run(process.execPath, [CLI, 'clusters', '--data', system.data])).stdout;
    if (skew) expect((await told())?.skew).toMatch(skew);
    else expect(await told()).not.toHaveProperty('skew');
    expect(shown.includes('too new for the server')).toBe(skew !== undefined);
  }, 60_000);
});
