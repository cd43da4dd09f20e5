import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterSystem } from './cluster-system.fixture.js';
import { eventually } from './observe.fixture.js';

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
  let whole: ClusterSystem;

  beforeAll(async () => {
    whole = await ClusterSystem.start({ pipeline: PIPELINE, files: files('web:0'), cluster: { cluster: { fails: (image) => image.endsWith(':broken') } } });
    await whole.startAgent();
    await eventually('the cluster runs the beginning', async () => (await whole.told())?.phase === 'synced');
  }, 180_000);
  afterAll(() => whole?.stop(), 60_000);

  const push = (image: string): Promise<void> => whole.push(files(image), image);
  const inQa = async (path: string, text: string): Promise<boolean> => (await readFile(join(whole.system.data, 'targets', 'qa', path), 'utf8')).includes(text);

  it('waits while a Deployment rolls out, names it, and lets the other application through; then the Deployment is there', async () => {
    whole.cluster.cluster.pause();
    await push('web:1');
    await eventually('the other application is in qa', () => inQa('apps/other/other.yaml', 'web:1'));
    await eventually('why names the Deployment', async () => (await whole.sluice('why', 'web', 'qa')).includes('Deployment.apps default/web'));
    expect(await inQa('apps/web/web.yaml', 'web:1')).toBe(false);
    whole.cluster.cluster.resume();
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
