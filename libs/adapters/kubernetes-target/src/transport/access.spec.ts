import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCluster } from '../double.fixture.js';
import { inClusterAccess } from './in-cluster.js';
import { KubeClient } from './kube-client.js';
import { kubeconfigAccess } from './kubeconfig-access.js';

const cluster = testCluster();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-access-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function kubeconfig(text = cluster.double.kubeconfig()): string {
  const path = join(folder, 'config');
  writeFileSync(path, text);
  return path;
}

it('reaches a cluster by a kubeconfig', async () => {
  const access = await kubeconfigAccess({ path: kubeconfig() });
  expect(access).toMatchObject({ server: cluster.double.url });
  const client = new KubeClient(access);
  expect(await client.read('/version')).toHaveProperty('gitVersion');
  client.close();
});

it.each([
  ['names a context that is not there', () => ({ path: kubeconfig(), context: 'prod' }), /has no context prod: it has double/],
  ['is no YAML', () => ({ path: kubeconfig('}') }), /cannot be read/],
  ['is not there', () => ({ path: join(folder, 'none') }), /cannot be read/],
  ['has no context', () => ({ path: kubeconfig('apiVersion: v1\nkind: Config\n') }), /has no current context/],
])('refuses a kubeconfig that %s', async (_, choice, message) => {
  await expect(kubeconfigAccess(choice())).rejects.toMatchObject({ kind: 'invalid', message: expect.stringMatching(message) as string });
});

describe('in a pod', () => {
  const environment = () => {
    const { hostname, port } = new URL(cluster.double.url);
    return { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  };

  it('is its ServiceAccount', async () => {
    writeFileSync(join(folder, 'ca.crt'), cluster.double.authority);
    writeFileSync(join(folder, 'namespace'), 'sluice\n');
    writeFileSync(join(folder, 'token'), `${cluster.double.adminToken}\n`);
    const access = await inClusterAccess({ environment: environment(), folder });
    expect(access.podNamespace).toBe('sluice');
    const client = new KubeClient(access);
    expect(await client.read('/version')).toHaveProperty('gitVersion');
    client.close();
  });

  it('needs one', async () => {
    await expect(inClusterAccess({ environment: environment(), folder })).rejects.toThrow(/has no ServiceAccount/);
    await expect(inClusterAccess({ environment: {}, folder })).rejects.toThrow(/this is no pod/);
  });
});
