import { testCluster } from '../double.fixture.js';
import { configMap, filesOf, openTarget, COMMIT } from '../target.fixture.js';
import { parseAppliers } from './appliers.js';

const cluster = testCluster();
const RBAC = 'rbac.authorization.k8s.io';

/** What an installer makes: an account for the agent that may keep its record and become `shop/deployer`, which may `verbs` ConfigMaps in shop. */
async function installed(verbs: readonly string[]): Promise<string> {
  const admin = cluster.client();
  const make = async (path: string, object: { readonly metadata: { readonly name: string } }) => admin.apply({ path, as: undefined }, object.metadata.name, { body: JSON.stringify(object) });
  for (const name of ['sluice', 'shop', 'other']) await make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } as never);
  const allow = async (namespace: string, name: string, subject: readonly [string, string], rules: readonly object[]) => {
    const at = `/apis/${RBAC}/v1/namespaces/${namespace}`;
    await make(`${at}/roles`, { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name }, rules } as never);
    await make(`${at}/rolebindings`, { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata: { name }, roleRef: { apiGroup: RBAC, kind: 'Role', name }, subjects: [{ kind: 'ServiceAccount', namespace: subject[0], name: subject[1] }] } as never);
  };
  await make('/api/v1/namespaces/sluice/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'sluice-agent-prod-eu-inventory' } } as never);
  await allow('sluice', 'agent', ['sluice', 'agent'], [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['sluice-agent-prod-eu-inventory'], verbs: ['get', 'update', 'patch'] }]);
  await allow('shop', 'become', ['sluice', 'agent'], [{ apiGroups: [''], resources: ['serviceaccounts'], resourceNames: ['deployer'], verbs: ['impersonate'] }]);
  await allow('shop', 'deployer', ['shop', 'deployer'], [{ apiGroups: [''], resources: ['configmaps'], verbs }]);
  return cluster.double.serviceAccountToken('sluice', 'agent');
}

const ALL = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
const SHOP = filesOf({ 'a.yaml': configMap('a', {}, { namespace: 'shop' }) });

it('applies as the named account, with the rights of the agent for nothing but its record', async () => {
  const target = await openTarget(cluster.access(await installed(ALL)), { namespace: 'sluice', appliers: parseAppliers('shop/deployer') });
  expect(await target.apply(COMMIT, SHOP)).toMatchObject({ written: 1, failed: [] });
  const writers = new Set(cluster.double.requests().filter(({ verb, resource, namespace }) => verb === 'patch' && resource === 'configmaps' && namespace === 'shop').map(({ user }) => user));
  expect([...writers]).toEqual(['system:serviceaccount:shop:deployer']);
  expect(await target.drift({ files: async () => SHOP })).toEqual([]);
});

it('takes the first account that has the rights', async () => {
  const token = await installed(ALL);
  const target = await openTarget(cluster.access(token), { namespace: 'sluice', appliers: parseAppliers('other/nobody,shop/deployer') });
  expect(await target.apply(COMMIT, SHOP)).toMatchObject({ written: 1, failed: [] });
});

it('says which verbs are missing before it changes anything, and tries nothing else', async () => {
  const target = await openTarget(cluster.access(await installed(['get', 'list', 'watch', 'create'])), { namespace: 'sluice', appliers: parseAppliers('shop/deployer') });
  const message = 'nobody that the agent may apply as has the rights for configmaps in shop (shop/deployer lacks patch, delete)';
  expect(await target.apply(COMMIT, SHOP)).toMatchObject({ written: 0, failed: [{ object: 'ConfigMap shop/a', message }] });
  expect(cluster.double.stored('', 'configmaps', 'shop', 'a')).toBeUndefined();
});

it('says when it may not become an account', async () => {
  const target = await openTarget(cluster.access(await installed(ALL)), { namespace: 'sluice', appliers: parseAppliers('other/deployer') });
  expect(await target.apply(COMMIT, SHOP)).toMatchObject({ written: 0, failed: [{ message: expect.stringContaining('the agent may not become it') as string }] });
});

it('goes on once the rights are there', async () => {
  const target = await openTarget(cluster.access(await installed(['get'])), { namespace: 'sluice', appliers: parseAppliers('shop/deployer') });
  await target.apply(COMMIT, SHOP);
  await installed(ALL);
  expect(await target.apply(COMMIT, SHOP)).toMatchObject({ written: 1, failed: [] });
});

describe('rights that are taken away', () => {
  const BOTH = filesOf({ 'a.yaml': configMap('a', {}, { namespace: 'shop' }), 'b.yaml': configMap('b', {}, { namespace: 'till' }) });
  const allow = async (namespace: string, verbs: readonly string[]) => {
    const admin = cluster.client();
    const make = async (path: string, object: object, name: string) => admin.apply({ path, as: undefined }, name, { body: JSON.stringify(object) });
    await make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, namespace);
    const at = `/apis/${RBAC}/v1/namespaces/${namespace}`;
    await make(`${at}/roles`, { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name: 'deployer' }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs }] }, 'deployer');
    await make(`${at}/rolebindings`, { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata: { name: 'deployer' }, roleRef: { apiGroup: RBAC, kind: 'Role', name: 'deployer' }, subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'deployer' }] }, 'deployer');
  };
  const missing = 'nobody that the agent may apply as has the rights for configmaps in till (shop/deployer lacks list)';

  it('stop only what needs them, are told object by object, and all goes on when they are back', async () => {
    const token = await installed(ALL);
    await allow('till', ALL);
    const target = await openTarget(cluster.access(token), { namespace: 'sluice', appliers: parseAppliers('shop/deployer') });
    expect(await target.apply(COMMIT, BOTH)).toMatchObject({ written: 2, failed: [] });
    await allow('till', ALL.filter((verb) => verb !== 'list'));
    expect(await target.drift({ files: async () => BOTH })).toEqual([]);
    expect(await target.health()).toEqual([{ path: 'b.yaml', object: 'ConfigMap till/b', status: 'Unknown', message: missing }]);
    await cluster.client().apply({ path: '/api/v1/namespaces/shop/configmaps', as: undefined }, 'a', { body: JSON.stringify(configMap('a', { other: 'hand' })) });
    expect(await target.apply(COMMIT, BOTH)).toMatchObject({ failed: [{ object: 'ConfigMap till/b', message: missing }] });
    await allow('till', ALL);
    expect(await target.apply(COMMIT, BOTH)).toMatchObject({ failed: [] });
    expect(await target.drift({ files: async () => BOTH })).toEqual([]);
    expect(await target.health()).toEqual([]);
  });

  it('are told by an agent that was not there before, too', async () => {
    const token = await installed(ALL);
    await allow('till', ALL);
    const options = { namespace: 'sluice', appliers: parseAppliers('shop/deployer') };
    await (await openTarget(cluster.access(token), options)).apply(COMMIT, BOTH);
    await allow('till', ['get']);
    const fresh = await openTarget(cluster.access(token), options);
    expect(await fresh.drift({ files: async () => BOTH })).toEqual([]);
    expect(await fresh.health()).toMatchObject([{ object: 'ConfigMap till/b', status: 'Unknown' }]);
    await allow('till', ALL);
    await fresh.drift({ files: async () => BOTH });
    expect(await fresh.health()).toEqual([]);
  });
});

it.each([['', /nothing says with whose rights/], ['shop', /is no ServiceAccount/], ['shop/a/b', /is no ServiceAccount/], ['self,shop/a', /is no ServiceAccount/]])('refuses appliers like "%s"', (text, message) => {
  expect(() => parseAppliers(text)).toThrow(message);
});
