import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithProgram } from '@sluice/testing';
import { stringify } from 'yaml';
import { configMap, deployment } from './double-client.fixture.js';
import { KubernetesDouble } from './kubernetes-double.js';

describeWithProgram('kubectl', 'kubectl against the double', () => {
  let double: KubernetesDouble;
  let folder: string;

  beforeAll(async () => {
    double = await KubernetesDouble.start();
    folder = mkdtempSync(join(tmpdir(), 'sluice-kubectl-'));
    writeFileSync(join(folder, 'config'), double.kubeconfig(), { mode: 0o600 });
  });

  afterAll(async () => {
    await double.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Outcome {
    readonly code: number;
    readonly out: string;
    readonly err: string;
  }

  function kubectl(args: readonly string[], config = 'config'): Promise<Outcome> {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: join(folder, config) };
    return new Promise((resolve) => {
      execFile('kubectl', args, { env, timeout: 20_000 }, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }));
    });
  }

  function write(name: string, ...objects: unknown[]): string {
    const path = join(folder, name);
    writeFileSync(path, objects.map((object) => stringify(object)).join('---\n'));
    return path;
  }

  it('discovers the resources', async () => {
    const { code, out, err } = await kubectl(['api-resources']);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment/m);
    expect(out).toMatch(/^customresourcedefinitions +crd,crds +apiextensions.k8s.io\/v1 +false/m);
  });

  it('applies server-side, gets, sees conflicts, and deletes', async () => {
    const path = write('app.yaml', deployment('web', { replicas: 2 }), configMap('settings', { level: 'info' }));
    const applied = await kubectl(['apply', '--server-side', '--validate=false', '-f', path]);
    expect(applied).toMatchObject({ code: 0, err: '' });
    expect(applied.out).toContain('deployment.apps/web serverside-applied');
    const other = write('other.yaml', configMap('settings', { level: 'debug' }));
    const conflict = await kubectl(['apply', '--server-side', '--validate=false', '--field-manager=other', '-f', other]);
    expect(conflict.code).toBe(1);
    expect(conflict.err).toContain('conflict with "kubectl": .data.level');
    const forced = await kubectl(['apply', '--server-side', '--validate=false', '--field-manager=other', '--force-conflicts', '-f', other]);
    expect(forced).toMatchObject({ code: 0 });
    expect((await kubectl(['get', 'configmap', 'settings', '-o', 'jsonpath={.data.level}'])).out).toBe('debug');
    expect((await kubectl(['get', 'deploy', 'web', '-o', 'jsonpath={.spec.replicas}'])).out).toBe('2');
    const rolled = await kubectl(['rollout', 'status', 'deployment/web', '--timeout=10s']);
    expect(rolled.out).toContain('successfully rolled out');
    expect(await kubectl(['delete', 'deployment', 'web', '--timeout=10s'])).toMatchObject({ code: 0 });
    const gone = await kubectl(['get', 'deployment', 'web']);
    expect(gone.err).toContain('Error from server (NotFound): deployments.apps "web" not found');
  });

  it('asks what it may do', async () => {
    writeFileSync(join(folder, 'reader'), double.kubeconfig(double.token({ name: 'reader', groups: [] })), { mode: 0o600 });
    expect((await kubectl(['auth', 'can-i', 'delete', 'pods'])).out.trim()).toBe('yes');
    expect((await kubectl(['auth', 'can-i', 'delete', 'pods'], 'reader')).out.trim()).toBe('no');
    const refused = await kubectl(['get', 'configmaps'], 'reader');
    expect(refused.err).toContain('configmaps is forbidden: User "reader" cannot list resource "configmaps" in API group "" in the namespace "default"');
  });

  it('labels, waits for a namespace to go, and makes no odd request', async () => {
    expect(await kubectl(['apply', '--server-side', '--validate=false', '-f', write('ns.yaml', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })])).toMatchObject({ code: 0 });
    expect(await kubectl(['label', 'namespace', 'shop', 'team=blue'])).toMatchObject({ code: 0 });
    expect((await kubectl(['get', 'namespaces', '-l', 'team=blue', '-o', 'name'])).out.trim()).toBe('namespace/shop');
    expect(await kubectl(['delete', 'namespace', 'shop', '--timeout=10s'])).toMatchObject({ code: 0 });
    // older versions look for a schema first, and do without
    expect(double.unexpected().filter((one) => !/^GET .(openapi|swagger)/.test(one))).toEqual([]);
  });
});
