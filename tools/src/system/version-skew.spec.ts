import { API } from '@sluice/contracts';
import { changeByHand } from './cluster-agent.fixture.js';
import { ClusterSystem } from './cluster-system.fixture.js';
import { eventually } from './observe.fixture.js';
import { PreviousMinorProxy } from './previous-minor.fixture.js';

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
  let whole: ClusterSystem;
  let proxy: PreviousMinorProxy;

  beforeAll(async () => {
    whole = await ClusterSystem.start({ pipeline: PIPELINE, files: files('0') });
    proxy = await PreviousMinorProxy.start({ server: whole.system.url, agentVersion });
    whole.endWith(() => proxy.stop());
    await whole.startAgent({ SLUICE_SERVER_URL: proxy.url, SLUICE_GIT_URL: whole.system.repository, SLUICE_HEARTBEAT_INTERVAL: '1s' });
  }, 180_000);
  afterAll(() => whole?.stop(), 60_000);

  it('work together: what is assigned is applied and reported, changes by hand are told without what differs, tests wait', async () => {
    await eventually('the cluster runs the beginning', () => whole.isWell());
    expect(whole.cluster.stored('', 'configmaps', 'default', 'a')).toMatchObject({ data: { value: '0' } });
    await whole.push(files('1'), 'change');
    await eventually('the change is in the cluster', async () => (whole.cluster.stored('', 'configmaps', 'default', 'a') as { data?: { value?: string } } | undefined)?.data?.value === '1');
    await changeByHand(whole.cluster, MAP, { data: { value: 'by hand' } });
    await eventually('the change by hand is told', async () => (await whole.told())?.drift.length === 1);
    const { items } = await whole.system.call(API.drift, { params: { repository: whole.system.repositoryId } });
    expect(items.find(({ cluster: name }) => name === 'dev-k8s')?.places).toMatchObject([{ path: 'apps/web/a.yaml', kind: 'modified', capturable: false }]);
    const why = await whole.sluice('why', '-o', 'json');
    expect(why).toContain('smoke');
    expect(proxy.faults).toEqual([]);
    expect([...proxy.seen.keys()].sort()).toEqual(expect.arrayContaining(['agentReport', 'assignment', 'enrol', 'enrolled', 'heartbeat', 'heartbeatReply', 'nonce', 'reportReceipt']));
  }, 120_000);

  it(`are ${skew ? 'said to be too far apart, by \`clusters\`' : 'nothing that anybody is told of'}`, async () => {
    await eventually('the version is known', async () => (await whole.told())?.agentVersion === agentVersion);
    const shown = await whole.sluice('clusters');
    if (skew) expect((await whole.told())?.skew).toMatch(skew);
    else expect(await whole.told()).not.toHaveProperty('skew');
    expect(shown.includes('too new for the server')).toBe(skew !== undefined);
  }, 60_000);
});
