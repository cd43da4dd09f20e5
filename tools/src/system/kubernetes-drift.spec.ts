import { API } from '@sluice/contracts';
import { changeByHand } from './cluster-agent.fixture.js';
import { ClusterSystem } from './cluster-system.fixture.js';
import { eventually } from './observe.fixture.js';

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
  let whole: ClusterSystem;

  beforeAll(async () => {
    whole = await ClusterSystem.start({ pipeline: PIPELINE, files: FILES });
    await whole.startAgent();
    await eventually('the cluster runs the beginning', () => whole.isWell());
    await changeByHand(whole.cluster, WEB, { spec: { replicas: 5 } });
    await changeByHand(whole.cluster, '/api/v1/namespaces/default/secrets/key', { data: { password: base64(THEIRS) } });
    await eventually('both are told', async () => (await whole.told())?.drift.length === 2);
  }, 180_000);
  afterAll(() => whole?.stop(), 60_000);

  const sluice = (...args: readonly string[]): Promise<string> => whole.sluice(...args);

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
    expect(await whole.inGit(branch, 'apps/web/web.yaml')).toBe(DEPLOYMENT.replace('replicas: 2', 'replicas: 5'));
    expect(await whole.inGit(branch, 'apps/web/key.yaml')).toBe(FILES.get('apps/web/key.yaml'));
  }, 60_000);

  it('is no drift any more when the request is merged', async () => {
    const { items } = await whole.system.call(API.changes, { params: { repository: whole.system.repositoryId } });
    const change = items.find(({ sourceBranch }) => sourceBranch === 'sluice/drift/dev/dev-k8s');
    await whole.system.call(API.mergeChange, { params: { repository: whole.system.repositoryId, number: change?.number ?? 0 }, body: { expectedHead: change?.head } });
    await eventually('nothing differs', async () => (await whole.isWell()) && (await whole.told())?.drift.length === 0);
    expect(whole.cluster.stored('apps', 'deployments', 'default', 'web')).toMatchObject({ spec: { replicas: 5 } });
    // a new commit is applied as a whole: what was only reported before is as git has it
    expect(whole.cluster.stored('', 'secrets', 'default', 'key')).toMatchObject({ data: { password: base64(OURS) } });
    expect(await sluice('drift', 'dev', '--cluster', 'dev-k8s')).toBe('Everything is as it was applied.\n');
  }, 120_000);
});
