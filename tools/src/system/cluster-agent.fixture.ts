import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { API } from '@sluice/contracts';
import type { KubernetesDouble } from '@sluice/kubernetes-double';
import type { LocalSystem } from '@sluice/testing';

const AGENT = fileURLToPath(new URL('../../../apps/agent/dist/main.js', import.meta.url));

export interface ClusterAgentPlace {
  readonly system: LocalSystem;
  readonly cluster: KubernetesDouble;
  readonly environment: string;
  /** The cluster's name. */
  readonly name: string;
  /** Where its kubeconfig and its data are. */
  readonly folder: string;
}

/** The built agent of a cluster, enrolled at a running system. */
export async function startClusterAgent({ system, cluster, environment, name, folder }: ClusterAgentPlace, settings: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
  const { token } = await system.call(API.createJoinToken, { body: { cluster: name, repository: system.repositoryId, environment } });
  await mkdir(folder, { recursive: true });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig(), { mode: 0o600 });
  const server = { SLUICE_SERVER_URL: system.url, SLUICE_JOIN_TOKEN: token, SLUICE_AGENT_DATA: join(folder, 'data') };
  const target = { SLUICE_TARGET: 'kubernetes', SLUICE_KUBECONFIG: kubeconfig, SLUICE_APPLY_AS: 'self', SLUICE_KUBE_NAMESPACE: 'default' };
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...server, ...target, SLUICE_SYNC_INTERVAL: '2s', SLUICE_LOG_LEVEL: 'warn', ...settings };
  const child = spawn(process.execPath, [AGENT], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await once(child, 'spawn');
  return child;
}

/** A change past git, as somebody with kubectl makes it. @throws Error when the API server refuses it */
export async function changeByHand({ url, authority, adminToken }: KubernetesDouble, path: string, change: object): Promise<void> {
  const sent = request(new URL(`${path}?fieldManager=kubectl-edit`, url), { method: 'PATCH', ca: authority, headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/merge-patch+json' } });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  sent.end(JSON.stringify(change));
  const [response] = await answered;
  const answer = await text(response);
  if (response.statusCode !== 200) throw new Error(`the hand was refused: ${answer}`);
}
