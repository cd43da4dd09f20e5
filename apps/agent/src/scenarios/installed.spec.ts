import { type AgentInstall, agentManifests, API_SERVER_PORTS, type Manifest } from '@sluice/agent-install';
import { readSettings } from '../config/settings.js';
import { clusterWorld, configMap } from './cluster-world.fixture.js';

const current = clusterWorld();
const RBAC = 'rbac.authorization.k8s.io';
const RULES = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] }];
const INSTALL: AgentInstall = {
  cluster: 'prod-eu',
  namespace: 'sluice',
  createNamespace: true,
  image: 'sluice-agent:0.1.0',
  serverUrl: 'http://sluice.example.org:7420',
  appliers: [{ namespace: 'shop', name: 'deployer' }],
  grants: [],
  defaultNamespace: 'shop',
  labels: { region: 'eu' },
  joinToken: { token: 'a-join-token-of-this-test', expiresAt: '2026-11-26T12:00:00.000Z' },
  storage: { size: '1Gi' },
  apiServerPorts: API_SERVER_PORTS,
};

/** What a team has before an agent comes. */
const SHOP: readonly Manifest[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'deployer', namespace: 'shop' } },
  { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name: 'maps' }, rules: RULES },
  { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata: { name: 'deployer', namespace: 'shop' }, roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'maps' }, subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'deployer' }] },
];

/** What the kubelet would put into the environment of the pod's container. */
function environmentOf(manifests: readonly Manifest[]): Readonly<Record<string, string>> {
  const deployment = manifests.find(({ kind }) => kind === 'Deployment') as unknown as { spec: { template: { spec: { containers: readonly [{ env: readonly { name: string; value: string }[] }] } } } };
  return Object.fromEntries(deployment.spec.template.spec.containers[0].env.map(({ name, value }) => [name, value]));
}

/** Makes every object by the API. @returns the agent's environment. */
async function install(wanted: AgentInstall): Promise<Readonly<Record<string, string>>> {
  const manifests = agentManifests(wanted);
  for (const manifest of [...SHOP, ...manifests]) {
    const { apiVersion, kind, metadata } = manifest;
    const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    const plural = `${kind.toLowerCase().replace(/y$/, 'ie')}s`;
    await current.world.make(`${root}${metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`}/${plural}`, manifest);
  }
  return environmentOf(manifests);
}

/** What differs where no kubelet is: a kubeconfig in place of the pod's account, and folders and addresses of this test. */
function startedAs(environment: Readonly<Record<string, string>>) {
  const { world } = current;
  const here = { SLUICE_SERVER_URL: world.control.url, SLUICE_AGENT_DATA: world.data, SLUICE_JOIN_TOKEN_FILE: '', SLUICE_HEALTH_PORT: '', HOME: '/nonexistent', SLUICE_KUBE_NAMESPACE: 'sluice' };
  return world.clusterAgent({ ...environment, ...here }, world.cluster.serviceAccountToken('sluice', 'sluice-agent-prod-eu'));
}

describe('an agent that is installed', () => {
  it('is told settings that it understands', () => {
    expect(readSettings(environmentOf(agentManifests(INSTALL)))).toMatchObject({ target: { kind: 'kubernetes', applyAs: 'shop/deployer', defaultNamespace: 'shop' }, serverUrl: 'http://sluice.example.org:7420', git: undefined, labels: { region: 'eu' }, joinTokenFile: '/run/secrets/sluice/token', dataFolder: '/var/lib/sluice-agent/data', healthAddress: { port: 8080 } });
  });

  it('has the rights that it needs: it applies, keeps and removes as the account that is named', async () => {
    const { world } = current;
    const agent = startedAs(await install(INSTALL));
    const map = (name: string): object => configMap(name, { a: '1' }, { namespace: 'shop' });
    await world.reported(world.release({ 'a.yaml': map('a'), 'b.yaml': map('b') }), {}, agent);
    await world.byHand('/api/v1/namespaces/shop/configmaps/a', { data: { a: 'changed' } });
    await world.reported(world.release({ 'b.yaml': null }), {}, agent);
    expect(world.object('configmaps', 'a', 'shop')).toMatchObject({ data: { a: '1' } });
    expect(world.object('configmaps', 'b', 'shop')).toBeUndefined();
    const byItself = world.cluster.requests().filter(({ user, verb }) => user === 'system:serviceaccount:sluice:sluice-agent-prod-eu' && ['create', 'update', 'patch', 'delete'].includes(verb));
    expect(new Set(byItself.map(({ path }) => new URL(path, world.cluster.url).pathname))).toEqual(new Set(['/api/v1/namespaces/sluice/configmaps/sluice-agent-prod-eu-inventory']));
  });

  it('applies as the account that is made for it, where roles were given to that', async () => {
    const { world } = current;
    const agent = startedAs(await install({ ...INSTALL, appliers: [], grants: [{ namespace: 'shop', clusterRole: 'maps' }] }));
    await world.reported(world.release({ 'a.yaml': configMap('a', { a: '1' }, { namespace: 'shop' }) }), {}, agent);
    const commit = world.release({ 'a.yaml': configMap('a', { a: '1' }, { namespace: 'shop' }), 'b.yaml': configMap('b', { a: '1' }, { namespace: 'sluice' }) });
    await world.reported(commit, { phase: 'failed', health: 'Failed' }, agent);
    expect(world.report?.resources).toMatchObject([{ object: 'ConfigMap sluice/b', message: expect.stringContaining('sluice/sluice-applier-prod-eu lacks') }]);
  });
});
