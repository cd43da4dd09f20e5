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
import { WorkTree } from './work-tree.js';

const run = promisify(execFile);
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: test }
spec:
  environments:
    - { name: dev, drift: report }
    - { name: qa, from: [dev], gates: [{ name: healthy, type: health }] }
  applications: [{ name: web, paths: ["apps/web/**"] }]
`;
const DEPLOYMENT = `# two are enough for dev
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2 # not more
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: "web:1" }
`;
const [OURS, THEIRS] = ['correct horse', 'battery staple'];
const FILES = new Map([['apps/web/web.yaml', DEPLOYMENT], ['apps/web/key.yaml', JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, stringData: { password: OURS } })]]);
const WEB = '/apis/apps/v1/namespaces/default/deployments/web';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('what somebody changes in a cluster by hand, seen from the command line', () => {
  let cluster: KubernetesDouble;
  let seed: WorkTree;
  let system: LocalSystem;
  let folder: string;
  let agent: ChildProcess;

  beforeAll(async () => {
    cluster = await KubernetesDouble.start();
    seed = await WorkTree.create();
    await seed.orphan('main', new Map([['sluice.yaml', PIPELINE]]));
    for (const environment of ['dev', 'qa']) await seed.orphan(environment, FILES);
    system = await LocalSystem.start({ repository: seed.folder });
    folder = await mkdtemp(join(tmpdir(), 'sluice-cluster-'));
    agent = await startClusterAgent({ system, cluster, environment: 'dev', name: 'dev-k8s', folder });
    await eventually('the cluster runs the beginning', async () => (await clusters()).some(({ phase, health }) => phase === 'synced' && health === 'Current'));
    await changeByHand(cluster, WEB, { spec: { replicas: 5 } });
    await changeByHand(cluster, '/api/v1/namespaces/default/secrets/key', { data: { password: base64(THEIRS) } });
    await eventually('both are told', async () => (await clusters())[0]?.drift.length === 2);
  }, 180_000);
  afterAll(async () => {
    agent?.kill('SIGKILL');
    await system?.stop();
    await seed?.remove();
    const unexpected = cluster?.unexpected();
    await cluster?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
    expect(unexpected).toEqual([]);
  }, 60_000);

  const sluice = async (...args: readonly string[]): Promise<string> => (await run(process.execPath, [CLI, ...args, '--data', system.data])).stdout;
  const clusters = async () => (await system.call(API.clusters)).items.filter(({ name }) => name === 'dev-k8s');
  const inGit = async (ref: string, path: string): Promise<string> => {
    const tree = await WorkTree.create(system.gitEnvironment);
    try {
      await tree.git('fetch', '--quiet', system.repository, ref);
      return await tree.git('show', `FETCH_HEAD:${path}`);
    } finally {
      await tree.remove();
    }
  };

  it('is a line a field, with what git has, what is there and by whom, and nothing of a Secret', async () => {
    const shown = await sluice('drift', 'dev', '--cluster', 'dev-k8s');
    expect(shown).toMatch(/dev-k8s runs [0-9a-f]+ of dev, as reported .* ago; what differs is only reported/);
    expect(shown).toMatch(/Deployment\.apps default\/web\s.*modified.*spec\.replicas\s+2\s+5\s+kubectl-edit/);
    expect(shown).toMatch(/Secret default\/key\s.*modified.*data\.password\s+"\(masked\)"\s+"\(masked\)"\s+kubectl-edit/);
    const all = shown + (await sluice('drift', '-o', 'json')) + (await sluice('clusters', '-o', 'json')) + (await sluice('why', '-o', 'json'));
    for (const word of [OURS, THEIRS]) for (const text of [word, base64(word)]) expect(all).not.toContain(text);
  }, 60_000);

  it('is counted by `clusters`, and `why` says what to do about it', async () => {
    const row = (await sluice('clusters')).split('\n').find((line) => line.startsWith('dev-k8s '));
    expect(row).toMatch(/ synced +Failed +([0-9a-f]{10}) +\1 +2 /);
    const why = await sluice('why', '-o', 'json');
    expect(why).toContain('differs from what was applied: ');
    expect(why).toContain('Deployment.apps default/web is modified');
    expect(why).toContain('`sluice drift` shows it');
  }, 60_000);

  it('becomes a request that has the value of the cluster and all else as it was, but no Secret', async () => {
    const said = await sluice('drift', 'capture', 'dev', 'dev-k8s');
    expect(said).toMatch(/request \d+ \(.*\) into dev has apps\/web\/web\.yaml#Deployment\.apps default\/web/);
    expect(said).toMatch(/not in it apps\/web\/key\.yaml#Secret default\/key: .*Secret/);
    const branch = 'sluice/drift/dev/dev-k8s';
    expect(await inGit(branch, 'apps/web/web.yaml')).toBe(DEPLOYMENT.replace('replicas: 2', 'replicas: 5'));
    expect(await inGit(branch, 'apps/web/key.yaml')).toBe(FILES.get('apps/web/key.yaml'));
  }, 60_000);

  it('is no drift any more when the request is merged', async () => {
    const { items } = await system.call(API.changes, { params: { repository: system.repositoryId } });
    const change = items.find(({ sourceBranch }) => sourceBranch === 'sluice/drift/dev/dev-k8s');
    await system.call(API.mergeChange, { params: { repository: system.repositoryId, number: change?.number ?? 0 }, body: { expectedHead: change?.head } });
    await eventually('nothing differs', async () => (await clusters()).some(({ phase, health, drift }) => phase === 'synced' && health === 'Current' && drift.length === 0));
    expect(cluster.stored('apps', 'deployments', 'default', 'web')).toMatchObject({ spec: { replicas: 5 } });
    // a new commit is applied as a whole: what was only reported before is as git has it
    expect(cluster.stored('', 'secrets', 'default', 'key')).toMatchObject({ data: { password: base64(OURS) } });
    expect(await sluice('drift', 'dev', '--cluster', 'dev-k8s')).toBe('Everything is as it was applied.\n');
  }, 120_000);
});
