import { testCluster } from '../double.fixture.js';
import { Discovery } from './discovery.js';
import type { KubeClient } from './kube-client.js';

const cluster = testCluster();
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'shops.example.com' },
  spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'shops', kind: 'Shop' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] },
};

/** As a server before 1.27, which has no aggregated discovery. */
function plain(client: KubeClient): Pick<KubeClient, 'read'> {
  return { read: (path) => client.read(path, 'application/json') };
}

describe.each([['aggregated', (client: KubeClient) => client], ['plain', plain]])('%s discovery', (_, over) => {
  it.each([
    ['v1', 'ConfigMap', { group: '', version: 'v1', plural: 'configmaps', namespaced: true }],
    ['apps/v1', 'Deployment', { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true }],
    ['v1', 'Namespace', { plural: 'namespaces', namespaced: false }],
  ])('knows %s %s', async (apiVersion, kind, expected) => {
    expect(await new Discovery(over(cluster.client())).resource(apiVersion, kind)).toMatchObject(expected);
  });

  it('finds a kind that came later', async () => {
    const client = cluster.client();
    let now = 0;
    const discovery = new Discovery(over(client), () => (now += 10_000));
    expect(await discovery.resource('example.com/v1', 'Shop')).toBeUndefined();
    await client.apply({ path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', as: undefined }, 'shops.example.com', { body: JSON.stringify(definition) });
    await cluster.double.cluster.settled();
    expect(await discovery.resource('example.com/v1', 'Shop')).toMatchObject({ plural: 'shops', namespaced: true });
    expect(await discovery.anyVersion('example.com', 'Shop')).toMatchObject({ plural: 'shops', version: 'v1' });
  });
});

it('asks two questions where the server answers all at once', async () => {
  const discovery = new Discovery(cluster.client());
  await discovery.resource('v1', 'ConfigMap');
  await discovery.resource('apps/v1', 'Deployment');
  expect(cluster.double.requestCounts()).toEqual({ 'get /api': 1, 'get /apis': 1 });
});

it('goes on without a group whose server is down', async () => {
  cluster.double.inject({ fault: { kind: 'error', code: 503 }, of: ({ path }) => path === '/apis/apps/v1' });
  const discovery = new Discovery(plain(cluster.client()));
  expect(await discovery.resource('v1', 'Secret')).toBeDefined();
  expect(await discovery.resource('apps/v1', 'Deployment')).toBeUndefined();
});
