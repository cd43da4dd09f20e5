import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { KubernetesDouble } from '@sluice/kubernetes-double';
import { report } from './measure.js';
import type { SyncAnswer, SyncOrder } from './sync-target.js';

const TARGET = fileURLToPath(new URL('sync-target.js', import.meta.url));

/** A cluster is filled with objects (1,000: half ConfigMaps, a quarter Deployments, a quarter Services), looked at with nothing changed, and given one change. The API server is the double, on the same machine. */
export async function benchSync(count = 1_000): Promise<void> {
  const double = await KubernetesDouble.start();
  const child = fork(TARGET, { stdio: 'inherit' });
  try {
    await measure(double, child, count);
  } finally {
    child.kill('SIGKILL');
    await double.stop();
  }
}

async function measure(double: KubernetesDouble, child: ChildProcess, count: number): Promise<void> {
  const access = { server: double.url, authority: double.authority, token: double.adminToken };
  const ask = async (order: Omit<SyncOrder, keyof typeof access>) => {
    double.forgetRequests();
    child.send({ ...access, ...order });
    const [answer] = (await once(child, 'message')) as [SyncAnswer];
    if (answer.failed + answer.drifted > 0) throw new Error(`${answer.failed} objects could not be applied, ${answer.drifted} drifted`);
    return { ...answer, requests: double.requests().length };
  };
  const files = objects(count, '1');
  const first = await ask({ commit: 'a'.repeat(40), files });
  tell('first apply: requests an object', first.requests / count, 'requests', 'at most 1.1');
  tell('first apply: objects a second', count / (first.ms / 1_000), 'objects/s', 'at least 16 (Flux 2.9)');
  await double.cluster.settled();
  await ask({ commit: 'a'.repeat(40), files, look: true });
  const idle = await ask({ commit: 'a'.repeat(40), files, look: true });
  tell('no-op: requests an object', idle.requests / count, 'requests', 'at most 0.05');
  tell('no-op: time', idle.ms, 'ms');
  const change = await ask({ commit: 'b'.repeat(40), files: { ...files, 'm0.yaml': configMap(0, '2') } });
  tell('one change: requests', change.requests, 'requests');
  tell('one change: time', change.ms, 'ms');
  tell('memory of the process with the target', change.memory, 'MiB', 'at most 200');
}

function tell(measured: string, value: number, unit: string, goal?: string): void {
  report({ bench: 'sync', measure: measured, value, unit, ...(goal !== undefined && { goal }) });
}

function objects(count: number, text: string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}.yaml`, [configMap, deployment, configMap, service][index % 4]?.(index, text) ?? '']));
}

function configMap(index: number, text: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m${index}` }, data: { text, padding: 'x'.repeat(500) } });
}

function deployment(index: number, text: string): string {
  const labels = { app: `m${index}` };
  const container = { name: 'app', image: `example.org/app:${text}`, ports: [{ containerPort: 8080 }], resources: { requests: { cpu: '100m', memory: '64Mi' } }, env: [{ name: 'A', value: text }] };
  return JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: `m${index}`, labels }, spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } } });
}

function service(index: number): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: `m${index}` }, spec: { selector: { app: `m${index - 2}` }, ports: [{ port: 80, targetPort: 8080 }] } });
}
