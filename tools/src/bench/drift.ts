import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { API } from '@sluice/contracts';
import { KubernetesDouble } from '@sluice/kubernetes-double';
import { LocalSystem } from '@sluice/testing';
import { WorkTree } from '../system/work-tree.js';
import { percentile, report } from './measure.js';

const AGENT = fileURLToPath(new URL('../../../apps/agent/dist/main.js', import.meta.url));
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: bench }
spec:
  environments:
    - { name: prod, branch: prod, drift: revert }
  applications:
    - { name: shop, paths: ["apps/**"] }
`;
const OBJECTS = 500;
const WITHIN = 60_000;
/** Between two changes: the agent looks at most once a second. */
const REST = 1_500;

/** Changes by another hand (20), one after the other, in a cluster of 500 objects: how long each takes until the agent has put it back. Nothing but the watch tells it: it sweeps once an hour. */
export async function benchDrift(changes = 20): Promise<void> {
  const cluster = await KubernetesDouble.start();
  const seed = await WorkTree.create();
  await seed.orphan('main', new Map([['sluice.yaml', PIPELINE]]));
  await seed.orphan('prod', new Map(Array.from({ length: OBJECTS }, (_, index) => [`apps/m${index}.yaml`, JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m${index}` }, data: { text: '1' } })])));
  const system = await LocalSystem.start({ repository: seed.folder });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const agent = await startAgent(system, cluster, folder);
  try {
    await until('everything is applied', () => textOf(cluster, `m${OBJECTS - 1}`) === '1');
    await pause(REST * 4);
    await measure(cluster, changes);
  } finally {
    agent.kill('SIGKILL');
    await system.stop();
    await cluster.stop();
    await seed.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(cluster: KubernetesDouble, changes: number): Promise<void> {
  const times: number[] = [];
  const hands: number[] = [];
  for (let round = 0; round < changes; round += 1) {
    const name = `m${round}`;
    const began = performance.now();
    await byHand(cluster, name);
    hands.push(performance.now() - began);
    await until(`${name} is put back`, () => textOf(cluster, name) === '1');
    times.push(performance.now() - began);
    await pause(REST);
  }
  const reference = { name: 'the change itself, over HTTPS', value: percentile(hands, 0.5) };
  report({ bench: 'drift', measure: 'change to revert, p50', value: percentile(times, 0.5), unit: 'ms', reference, goal: 'value at most 2,000' });
  report({ bench: 'drift', measure: 'change to revert, p99', value: percentile(times, 0.99), unit: 'ms', reference, goal: 'value at most 2,000' });
}

async function startAgent(system: LocalSystem, cluster: KubernetesDouble, folder: string): Promise<ChildProcess> {
  const { token } = await system.call(API.createJoinToken, { body: { cluster: 'bench', repository: system.repositoryId, environment: 'prod' } });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig(), { mode: 0o600 });
  const settings = { SLUICE_SERVER_URL: system.url, SLUICE_JOIN_TOKEN: token, SLUICE_AGENT_DATA: join(folder, 'data'), SLUICE_TARGET: 'kubernetes', SLUICE_KUBECONFIG: kubeconfig, SLUICE_APPLY_AS: 'self', SLUICE_KUBE_NAMESPACE: 'default', SLUICE_SYNC_INTERVAL: '1h', SLUICE_LOG_LEVEL: 'warn' };
  return spawn(process.execPath, [AGENT], { env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...settings }, stdio: ['ignore', 'ignore', 'inherit'] });
}

function textOf(cluster: KubernetesDouble, name: string): unknown {
  const data = cluster.stored('', 'configmaps', 'default', name)?.['data'];
  return typeof data === 'object' && data !== null && 'text' in data ? data.text : undefined;
}

function byHand(cluster: KubernetesDouble, name: string): Promise<void> {
  const body = JSON.stringify({ data: { text: 'by hand' } });
  return new Promise((done, fail) => {
    const headers = { authorization: `Bearer ${cluster.adminToken}`, 'content-type': 'application/merge-patch+json' };
    const call = request(`${cluster.url}/api/v1/namespaces/default/configmaps/${name}`, { method: 'PATCH', ca: cluster.authority, headers }, (response) => {
      response.resume();
      response.once('end', () => (response.statusCode === 200 ? done() : fail(new Error(`the hand was refused: ${response.statusCode ?? 0}`))));
    });
    call.once('error', fail);
    call.end(body);
  });
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + WITHIN; Date.now() < end; await pause(5)) if (holds()) return;
  throw new Error(`not within ${WITHIN / 1_000} s: ${what}`);
}
