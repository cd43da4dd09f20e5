import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubernetesDouble } from '@sluice/kubernetes-double';
import { describeWithProgram } from '@sluice/testing';
import type { Manifest } from './agent-install.js';
import { agentManifests } from './agent-manifests.js';
import { OWN_APPLIER, PROD } from './install.fixture.js';
import { removalManifests } from './removal-manifests.js';

const AGENT = 'system:serviceaccount:sluice:sluice-agent-prod-eu';
/** The namespaces and accounts of teams, which are there before an agent comes. */
const TEAMS: readonly Manifest[] = ['shop', 'billing'].flatMap((namespace): Manifest[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'deployer', namespace } },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'deployer', namespace }, rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] }] },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'deployer', namespace }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'deployer' }, subjects: [{ kind: 'ServiceAccount', namespace, name: 'deployer' }] },
]);

describeWithProgram('kubectl', 'an agent that is installed with kubectl', () => {
  let double: KubernetesDouble;
  let folder: string;

  beforeAll(async () => {
    double = await KubernetesDouble.start();
    folder = mkdtempSync(join(tmpdir(), 'sluice-install-'));
    writeFileSync(join(folder, 'admin'), double.kubeconfig(), { mode: 0o600 });
    writeFileSync(join(folder, 'agent'), double.kubeconfig(double.serviceAccountToken('sluice', 'sluice-agent-prod-eu')), { mode: 0o600 });
    await applied([...TEAMS, ...agentManifests(PROD)]);
  });

  afterAll(async () => {
    await double.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Outcome {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  }

  function kubectl(args: readonly string[], { as = 'admin', input = '' } = {}): Promise<Outcome> {
    const child = spawn('kubectl', args, { env: { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: join(folder, as) }, timeout: 20_000 });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (said.out += String(chunk)));
    child.stderr.on('data', (chunk) => (said.err += String(chunk)));
    child.stdin.end(input);
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...said })));
  }

  const list = (manifests: readonly Manifest[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests });
  async function applied(manifests: readonly Manifest[]): Promise<string> {
    const { code, out, err } = await kubectl(['apply', '--server-side', '--validate=false', '-f', '-'], { input: list(manifests) });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return out;
  }
  /** What the API server says that somebody may. */
  async function mayI(verb: string, resource: string, ...more: readonly string[]): Promise<boolean> {
    const { out } = await kubectl(['auth', 'can-i', verb, resource, ...more], { as: 'agent' });
    return out.trim() === 'yes';
  }

  it('has only fields that there are, of the right types', async () => {
    // the double checks types always and refuses unknown fields where it is asked to be strict, as a server does
    for (const manifest of [...agentManifests(PROD), ...agentManifests(OWN_APPLIER)]) {
      const answer = await dryRun(manifest);
      expect([manifest.kind, manifest.metadata.name, answer]).toEqual([manifest.kind, manifest.metadata.name, 'ok']);
    }
    expect(await dryRun({ ...agentManifests(PROD)[0]!, speck: {} })).toContain('not declared in schema');
  });

  /** Strictly validated and not stored. */
  async function dryRun(manifest: Manifest): Promise<string> {
    const plural = `${manifest.kind.toLowerCase().replace(/y$/, 'ie')}s`;
    const root = manifest.apiVersion === 'v1' ? '/api/v1' : `/apis/${manifest.apiVersion}`;
    const { namespace, name } = manifest.metadata;
    const path = `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}/${name}`;
    return new Promise((resolve, reject) => {
      const options = { method: 'PATCH', ca: double.authority, headers: { authorization: `Bearer ${double.adminToken}`, 'content-type': 'application/apply-patch+yaml' } };
      const call = request(`${double.url}${path}?fieldManager=check&force=true&dryRun=All&fieldValidation=Strict`, options, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve((response.statusCode ?? 500) < 300 ? 'ok' : text));
      });
      call.on('error', reject);
      call.end(JSON.stringify(manifest));
    });
  }

  it('can be installed again, and changes nothing then', async () => {
    const before = double.stored('apps', 'deployments', 'sluice', 'sluice-agent-prod-eu')?.metadata.generation;
    await applied(agentManifests(PROD));
    expect(double.stored('apps', 'deployments', 'sluice', 'sluice-agent-prod-eu')?.metadata.generation).toBe(before);
  });

  it('keeps what the agent has written into its inventory when it is installed again', async () => {
    const patch = await kubectl(['patch', 'configmap', 'sluice-agent-prod-eu-inventory', '-n', 'sluice', '--type=merge', '-p', '{"data":{"objects":"[]"}}'], { as: 'agent' });
    expect(patch).toMatchObject({ code: 0 });
    await applied(agentManifests(PROD));
    expect((await kubectl(['get', 'configmap', 'sluice-agent-prod-eu-inventory', '-n', 'sluice', '-o', 'jsonpath={.data.objects}'], { as: 'agent' })).out).toBe('[]');
  });

  it.each([
    ['impersonate', 'serviceaccounts/deployer', ['-n', 'shop']],
    ['impersonate', 'serviceaccounts/deployer', ['-n', 'billing']],
    ['get', 'configmaps/sluice-agent-prod-eu-inventory', ['-n', 'sluice']],
    ['patch', 'configmaps/sluice-agent-prod-eu-inventory', ['-n', 'sluice']],
    ['create', 'selfsubjectaccessreviews.authorization.k8s.io', []],
  ])('may %s %s %j', async (verb, resource, more) => {
    expect(await mayI(verb, resource, ...more)).toBe(true);
  });

  it.each([
    ['impersonate', 'serviceaccounts/default', ['-n', 'shop']],
    ['impersonate', 'serviceaccounts', ['-n', 'shop']],
    ['impersonate', 'serviceaccounts/deployer', ['-n', 'default']],
    ['impersonate', 'users', []],
    ['impersonate', 'groups/system:masters', []],
    ['get', 'secrets', ['-n', 'sluice']],
    ['get', 'secrets/sluice-agent-prod-eu-join', ['-n', 'sluice']],
    ['list', 'secrets', ['-n', 'shop']],
    ['get', 'secrets', ['-n', 'kube-system']],
    ['get', 'deployments.apps', ['-n', 'shop']],
    ['create', 'pods', ['-n', 'sluice']],
    ['patch', 'deployments.apps/sluice-agent-prod-eu', ['-n', 'sluice']],
    ['create', 'configmaps', ['-n', 'sluice']],
    ['get', 'configmaps/another', ['-n', 'sluice']],
    ['delete', 'configmaps/sluice-agent-prod-eu-inventory', ['-n', 'sluice']],
    ['create', 'roles.rbac.authorization.k8s.io', ['-n', 'sluice']],
    ['escalate', 'roles.rbac.authorization.k8s.io', ['-n', 'shop']],
    ['bind', 'clusterroles.rbac.authorization.k8s.io', []],
    ['create', 'clusterrolebindings.rbac.authorization.k8s.io', []],
    ['patch', 'serviceaccounts', ['-n', 'sluice']],
    ['create', 'serviceaccounts/token', ['-n', 'shop']],
    ['delete', 'namespaces', []],
  ])('may not %s %s %j', async (verb, resource, more) => {
    expect(await mayI(verb, resource, ...more)).toBe(false);
  });

  it('works as an account that it may become, and as no other', async () => {
    const get = (as: string, namespace: string) => kubectl(['get', 'deployments', '-n', namespace, `--as=${as}`], { as: 'agent' });
    expect(await get('system:serviceaccount:shop:deployer', 'shop')).toMatchObject({ code: 0 });
    expect((await get('system:serviceaccount:shop:deployer', 'billing')).err).toContain('forbidden');
    expect((await get('system:serviceaccount:shop:default', 'shop')).err).toContain('cannot impersonate');
    expect((await get('kubernetes-admin', 'shop')).err).toContain('cannot impersonate');
    expect((await kubectl(['get', 'secrets', '-A'], { as: 'agent' })).err).toContain(`User "${AGENT}" cannot list resource "secrets"`);
  });

  const left = async (): Promise<readonly string[]> => (await kubectl(['get', 'roles,rolebindings,serviceaccounts', '-n', 'shop', '-o', 'name'])).out.trim().split('\n').sort();
  const TEAMS_OWN = ['role.rbac.authorization.k8s.io/deployer', 'rolebinding.rbac.authorization.k8s.io/deployer', 'serviceaccount/default', 'serviceaccount/deployer'];

  it('is removed by its names, and what is not its own stays', async () => {
    const removed = await kubectl(['delete', '--ignore-not-found', '--wait=false', '-f', '-'], { input: list(removalManifests(PROD)) });
    expect(removed).toMatchObject({ code: 0, err: '' });
    expect(removed.out.trim().split('\n')).toHaveLength(agentManifests(PROD).length - 1);
    expect(await left()).toEqual(TEAMS_OWN);
    expect((await kubectl(['get', 'secrets,configmaps,deployments,networkpolicies,persistentvolumeclaims,roles,rolebindings', '-n', 'sluice', '-l', 'sluice.dev/agent', '-o', 'name'])).out).toBe('');
    expect((await kubectl(['get', 'namespace', 'sluice', '-o', 'name'])).out.trim()).toBe('namespace/sluice');
  });

  it('is found and removed by its label, and nothing else is', async () => {
    await applied(agentManifests(PROD));
    const selected = await kubectl(['delete', 'deployments,networkpolicies,persistentvolumeclaims,secrets,configmaps,serviceaccounts,roles,rolebindings', '-A', '-l', 'sluice.dev/agent=prod-eu']);
    expect(selected).toMatchObject({ code: 0 });
    expect(await left()).toEqual(TEAMS_OWN);
  });

  it('asks nothing odd of the server', () => {
    expect(double.unexpected().filter((one) => !/^GET .(openapi|swagger)|speck/.test(one))).toEqual([]);
  });
});
