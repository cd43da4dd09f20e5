import { type AgentInstall, type Manifest, egressPorts } from './agent-install.js';
import { agentManifests } from './agent-manifests.js';
import { checkInstall, parseApplier, parseGrant } from './check-install.js';
import { OWN_APPLIER, PROD } from './install.fixture.js';

const of = (manifests: readonly Manifest[], kind: string): readonly Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
const named = (manifests: readonly Manifest[], kind: string): readonly string[] => of(manifests, kind).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
const text = (manifest: unknown): string => JSON.stringify(manifest);

describe('what an agent is installed with', () => {
  const manifests = agentManifests(PROD);

  it('is one of each, and a Role for each account that it may become', () => {
    expect(manifests.map(({ kind }) => kind)).toEqual(['Namespace', 'ServiceAccount', 'Role', 'RoleBinding', 'ConfigMap', 'Role', 'RoleBinding', 'Role', 'RoleBinding', 'Secret', 'NetworkPolicy', 'PersistentVolumeClaim', 'Deployment']);
    expect(named(manifests, 'Role')).toEqual(['sluice/sluice-agent-prod-eu', 'shop/sluice-agent-prod-eu-as-deployer', 'billing/sluice-agent-prod-eu-as-deployer']);
  });

  it('gives rights by name only, none in the whole cluster, and none to give rights', () => {
    const rules = of(manifests, 'Role').flatMap(({ rules }) => rules as readonly { resourceNames: readonly string[]; verbs: readonly string[]; resources: readonly string[] }[]);
    expect(rules.every(({ resourceNames }) => resourceNames.length === 1)).toBe(true);
    expect(rules.flatMap(({ verbs }) => verbs)).toEqual(['get', 'update', 'patch', 'impersonate', 'impersonate']);
    expect(of(manifests, 'ClusterRoleBinding')).toEqual([]);
  });

  it('leaves a namespace as it is when it shall', () => {
    expect(agentManifests({ ...PROD, createNamespace: false }).map(({ kind }) => kind)).toEqual(manifests.slice(1).map(({ kind }) => kind));
  });

  it('can be found by one label', () => {
    expect(manifests.slice(1).every(({ metadata }) => metadata.labels?.['sluice.dev/agent'] === 'prod-eu')).toBe(true);
  });

  it('has the token in the Secret and nowhere else', () => {
    expect(manifests.filter((manifest) => text(manifest).includes('a-join-token')).map(({ kind }) => kind)).toEqual(['Secret']);
    const { joinToken: _, ...without } = PROD;
    expect(of(agentManifests(without), 'Secret')).toEqual([]);
  });

  it('lets the pod out to names, the API server, the server and git', () => {
    expect(of(agentManifests(OWN_APPLIER), 'NetworkPolicy')[0]?.['spec']).toMatchObject({ policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ port: 53 }, { port: 53 }] }, { ports: [{ port: 443 }, { port: 6443 }] }, { ports: [{ port: 443 }, { port: 3000 }] }] });
    expect(egressPorts({ serverUrl: 'http://sluice', gitUrl: 'http://git:80/x' })).toEqual([80]);
  });

  // https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
  it('meets the restricted Pod Security Standard, which its namespace demands', () => {
    const { spec } = of(manifests, 'Deployment')[0] as unknown as { spec: { template: { spec: Readonly<Record<string, unknown>> & { containers: readonly Readonly<Record<string, unknown>>[]; volumes: readonly object[] } } } };
    const pod = spec.template.spec;
    for (const host of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers', 'ephemeralContainers']) expect(pod).not.toHaveProperty(host);
    expect(pod['securityContext']).toMatchObject({ runAsNonRoot: true, runAsUser: expect.any(Number), seccompProfile: { type: 'RuntimeDefault' } });
    for (const container of pod.containers) expect(container['securityContext']).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    expect(text(pod.containers)).not.toContain('hostPort');
    const kinds = pod.volumes.flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name'));
    expect(kinds.filter((kind) => !['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'].includes(kind))).toEqual([]);
  });

  it('says to the agent what it was installed with', () => {
    const settings = text(of(manifests, 'Deployment'));
    for (const setting of ['SLUICE_TARGET","value":"kubernetes', 'SLUICE_APPLY_AS","value":"shop/deployer,billing/deployer', 'SLUICE_LABELS","value":"canary=true,region=eu', 'SLUICE_SERVER_URL","value":"https://sluice.example.org']) expect(settings).toContain(setting);
  });

  it('mounts an existing Secret for git as a folder, whose keys nobody has to know, and has no Secret of its own for it', () => {
    const own = agentManifests(OWN_APPLIER);
    const deployment = text(of(own, 'Deployment'));
    expect(deployment).toContain('SLUICE_GIT_CREDENTIAL_DIR","value":"/run/secrets/git"');
    expect(deployment).toContain('"secret":{"secretName":"shop-git","defaultMode":288}');
    expect(deployment).toContain('{"name":"git-credential","mountPath":"/run/secrets/git","readOnly":true}');
    expect(deployment).not.toContain('subPath');
    expect(named(own, 'Secret')).not.toContain('sluice/shop-git');
    expect(text(of(manifests, 'Deployment'))).not.toContain('git-credential');
  });

  it('has an account of its own to apply as where roles are given', () => {
    const own = agentManifests(OWN_APPLIER);
    expect(named(own, 'ServiceAccount')).toEqual(['sluice/sluice-agent-dev', 'sluice/sluice-applier-dev']);
    expect(named(own, 'RoleBinding')).toEqual(['sluice/sluice-agent-dev', 'shop/sluice-applier-dev-edit', 'sluice/sluice-agent-dev-as-sluice-applier-dev']);
    expect(of(own, 'ClusterRoleBinding')).toMatchObject([{ roleRef: { kind: 'ClusterRole', name: 'namespaces' }, subjects: [{ namespace: 'sluice', name: 'sluice-applier-dev' }] }]);
    expect(text(of(own, 'Deployment'))).toContain('"sluice/sluice-applier-dev"');
  });
});

describe('what cannot be installed', () => {
  it.each<[string, Partial<AgentInstall>, string]>([
    ['nobody to apply as', { appliers: [] }, '--apply-as namespace/serviceaccount'],
    ['the agent itself', { appliers: [{ namespace: 'sluice', name: 'sluice-agent-prod-eu' }] }, 'own account'],
    ['a name that is none', { cluster: 'Prod' }, '--cluster'],
    ['a namespace that is none', { namespace: 'a/b' }, '--namespace'],
    ['a namespace that others live in', { namespace: 'kube-system' }, '--no-create-namespace'],
    ['a default namespace that is none', { defaultNamespace: 'A' }, '--default-namespace'],
    ['a server that is the pod itself', { serverUrl: 'http://127.0.0.1:7420' }, '--server-url'],
    ['a password in a URL', { gitUrl: 'https://ada:secret@git.example.org/shop.git' }, '--git-url: give a URL without'],
    ['another protocol', { serverUrl: 'ftp://example.org' }, 'http or https'],
    ['an image with a space', { image: 'a b' }, '--image'],
    ['a Secret that is none', { gitCredentialSecret: 'ghp_secret' }, '--git-credential-secret'],
    ['a size that is none', { storage: { size: 'much' } }, '--storage-size'],
    ['a label that is none', { labels: { 'a b': 'c' } }, 'label'],
    ['a port that is none', { apiServerPorts: [0] }, '--api-server-port'],
    ['a name that is too long', { appliers: [{ namespace: 'shop', name: 'x'.repeat(250) }] }, 'too long'],
  ])('is %s', (_, change, message) => {
    expect(() => checkInstall({ ...PROD, ...change })).toThrow(message);
  });

  it('says nothing of a password', () => {
    expect(() => checkInstall({ ...PROD, gitCredentialSecret: 'ghp_secret' })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('ghp_') }));
    expect(() => checkInstall({ ...PROD, serverUrl: 'https://ada:secret@example.org' })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
  });

  it('is an account or a role without a namespace', () => {
    expect(parseApplier('shop/deployer')).toEqual({ namespace: 'shop', name: 'deployer' });
    expect(parseGrant('*/system:node')).toEqual({ namespace: '*', clusterRole: 'system:node' });
    for (const wrong of ['deployer', 'shop/', '/deployer', 'shop/a/b', 'Shop/deployer', '*/deployer']) expect(() => parseApplier(wrong)).toThrow('namespace/serviceaccount');
    for (const wrong of ['edit', 'shop/', '/edit', 'shop/a/b', 'shop/*']) expect(() => parseGrant(wrong)).toThrow('namespace/clusterrole');
  });

  it('counts what is said twice once', () => {
    expect(checkInstall({ ...PROD, appliers: [...PROD.appliers, ...PROD.appliers] }).appliers).toHaveLength(2);
  });
});
