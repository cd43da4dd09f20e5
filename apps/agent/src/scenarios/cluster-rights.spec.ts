import { clusterWorld, configMap } from './cluster-world.fixture.js';

const current = clusterWorld();
const RBAC = 'rbac.authorization.k8s.io';

/** The agent as it is installed: a record of its own, and the right to become `shop/deployer`, which may do something with ConfigMaps there. */
async function installed(verbs: readonly string[]): Promise<string> {
  const { world } = current;
  const namespace = (name: string) => world.make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await namespace('sluice');
  await namespace('shop');
  const allow = async (at: string, name: string, subject: object, rule: object) => {
    await world.make(`/apis/${RBAC}/v1/namespaces/${at}/roles`, { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name }, rules: [rule] });
    await world.make(`/apis/${RBAC}/v1/namespaces/${at}/rolebindings`, { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata: { name }, roleRef: { apiGroup: RBAC, kind: 'Role', name }, subjects: [{ kind: 'ServiceAccount', ...subject }] });
  };
  const agent = { namespace: 'sluice', name: 'agent' };
  await world.make('/api/v1/namespaces/sluice/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'sluice-agent-prod-eu-inventory' } });
  await allow('sluice', 'agent', agent, { apiGroups: [''], resources: ['configmaps'], resourceNames: ['sluice-agent-prod-eu-inventory'], verbs: ['get', 'update', 'patch'] });
  await allow('shop', 'become', agent, { apiGroups: [''], resources: ['serviceaccounts'], resourceNames: ['deployer'], verbs: ['impersonate'] });
  await allow('shop', 'deployer', { namespace: 'shop', name: 'deployer' }, { apiGroups: [''], resources: ['configmaps'], verbs });
  return world.cluster.serviceAccountToken('sluice', 'agent');
}

const AS_INSTALLED = { SLUICE_APPLY_AS: 'shop/deployer', SLUICE_KUBE_NAMESPACE: 'sluice' };
const shopMap = configMap('a', {}, { namespace: 'shop' });

describe('an agent with the rights that it is installed with', () => {
  it('keeps a namespace by the account that may', async () => {
    const { world } = current;
    const token = await installed(['get', 'list', 'watch', 'create', 'patch', 'delete']);
    await world.reported(world.release({ 'a.yaml': shopMap, 'b.yaml': configMap('b', {}, { namespace: 'shop' }) }), {}, world.clusterAgent(AS_INSTALLED, token));
    await world.reported(world.release({ 'b.yaml': null }));
    expect([world.object('configmaps', 'a', 'shop') !== undefined, world.object('configmaps', 'b', 'shop')]).toEqual([true, undefined]);
  });

  it('says what is missing, and does not take rights of its own instead', async () => {
    const { world } = current;
    const token = await installed(['get', 'list', 'watch', 'create']);
    const commit = world.release({ 'a.yaml': shopMap });
    await world.reported(commit, { phase: 'failed', health: 'Failed' }, world.clusterAgent(AS_INSTALLED, token));
    expect(world.report?.resources[0]?.message).toBe('nobody that the agent may apply as has the rights for configmaps in shop (shop/deployer lacks patch, delete)');
    expect(world.object('configmaps', 'a', 'shop')).toBeUndefined();
  });

  it('refuses a place that the account has no rights in', async () => {
    const { world } = current;
    const token = await installed(['get', 'list', 'watch', 'create', 'patch', 'delete']);
    const commit = world.release({ 'a.yaml': shopMap, 'elsewhere.yaml': configMap('c') });
    await world.reported(commit, { phase: 'failed', health: 'Failed' }, world.clusterAgent(AS_INSTALLED, token));
    expect(world.report?.resources).toEqual([{ path: 'elsewhere.yaml', object: 'ConfigMap default/c', status: 'Failed', message: expect.stringContaining('shop/deployer lacks') as string }]);
    expect(world.object('configmaps', 'a', 'shop')).toBeDefined();
  });
});

describe('an agent whose settings are wrong', () => {
  it.each([
    ['names nobody to apply as', { SLUICE_APPLY_AS: '' }, 2, 'SLUICE_APPLY_AS: name the ServiceAccounts'],
    ['names no account', { SLUICE_APPLY_AS: 'shop' }, 2, 'is no ServiceAccount'],
    ['has no such context', { SLUICE_KUBE_CONTEXT: 'prod' }, 5, 'has no context prod'],
    ['is in no cluster', { SLUICE_KUBECONFIG: '' }, 5, 'this is no pod of a cluster'],
  ])('%s: it says so and ends', async (_, env, code, message) => {
    const agent = current.world.clusterAgent(env);
    expect(await agent.exit).toBe(code);
    expect(agent.output()).toContain(message);
  });
});
