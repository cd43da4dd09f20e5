import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubernetesDouble, type DoubleOptions, type KubeObject } from '@sluice/kubernetes-double';
import { type RunningAgent, until, World } from '../agent-process.fixture.js';

/** A world whose target is a cluster: real git, a real agent process, a control plane, and a double of an API server. */
export class ClusterWorld extends World {
  /** Agents that were started. */
  readonly running: RunningAgent[] = [];

  private constructor(readonly cluster: KubernetesDouble) {
    super();
  }

  static async begin(options: DoubleOptions = {}): Promise<ClusterWorld> {
    const world = new ClusterWorld(await KubernetesDouble.start(options));
    await world.open();
    return world;
  }

  override async close(): Promise<void> {
    await super.close();
    await this.cluster.stop();
  }

  /** Starts an agent with the rights of whom the token is; by default all rights. */
  clusterAgent(env: Readonly<Record<string, string>> = {}, token = this.cluster.adminToken): RunningAgent {
    const kubeconfig = join(this.base, 'kubeconfig');
    writeFileSync(kubeconfig, this.cluster.kubeconfig(token), { mode: 0o600 });
    const agent = this.agent({ SLUICE_TARGET: 'kubernetes', SLUICE_TARGET_DIR: '', SLUICE_KUBECONFIG: kubeconfig, SLUICE_APPLY_AS: 'self', SLUICE_KUBE_NAMESPACE: 'default', SLUICE_SYNC_INTERVAL: '1s', ...env });
    this.running.push(agent);
    return agent;
  }

  reportsOf(commit: string): readonly unknown[] {
    return this.control.reports.filter((report) => report.commit === commit);
  }

  /** Pushes manifests by path (null: deletes) and assigns the commit. */
  release(files: Readonly<Record<string, object | string | null>>): string {
    const texts = Object.entries(files).map(([path, content]) => [path, content === null || typeof content === 'string' ? content : JSON.stringify(content)] as const);
    const commit = this.repository.push(Object.fromEntries(texts));
    this.control.assign({ commit });
    return commit;
  }

  /** Waits for a report on the commit that is as described. */
  async reported(commit: string, expected: { readonly phase?: string; readonly health?: string } = {}, agent?: RunningAgent): Promise<void> {
    const { phase = 'synced', health = 'Current' } = expected;
    const holds = () => this.report?.commit === commit && this.report.phase === phase && this.report.health === health;
    await until(holds, () => ({ last: this.control.reports.slice(-3), log: agent?.output().slice(-2_000) }));
  }

  object(kind: 'configmaps' | 'namespaces' | 'secrets', name: string, namespace = kind === 'namespaces' ? '' : 'default'): KubeObject | undefined {
    return this.cluster.stored('', kind, namespace, name);
  }

  deployment(name: string): KubeObject | undefined {
    return this.cluster.stored('apps', 'deployments', 'default', name);
  }

  /** Names of ConfigMaps in the default namespace among these that are there. */
  maps(...names: readonly string[]): readonly string[] {
    return names.filter((name) => this.object('configmaps', name) !== undefined);
  }

  /** A change by another hand, as JSON merge. */
  async byHand(path: string, change: object | null): Promise<void> {
    const { Agent, fetch } = await import('undici');
    const dispatcher = new Agent({ connect: { ca: this.cluster.authority } });
    const response = await fetch(`${this.cluster.url}${path}`, {
      dispatcher,
      method: change === null ? 'DELETE' : 'PATCH',
      headers: { authorization: `Bearer ${this.cluster.adminToken}`, 'content-type': 'application/merge-patch+json' },
      ...(change !== null && { body: JSON.stringify(change) }),
    });
    await response.text();
    await dispatcher.close();
    if (!response.ok) throw new Error(`the hand was refused: ${response.status}`);
  }

  /** Names of all objects of a kind, in all namespaces. */
  async list(path: string): Promise<readonly string[]> {
    const { Agent, fetch } = await import('undici');
    const dispatcher = new Agent({ connect: { ca: this.cluster.authority } });
    const response = await fetch(`${this.cluster.url}${path}`, { dispatcher, headers: { authorization: `Bearer ${this.cluster.adminToken}` } });
    const { items } = (await response.json()) as { items: readonly KubeObject[] };
    await dispatcher.close();
    return items.map(({ metadata }) => metadata.name);
  }

  async make(collection: string, object: object): Promise<void> {
    const { Agent, fetch } = await import('undici');
    const dispatcher = new Agent({ connect: { ca: this.cluster.authority } });
    const response = await fetch(`${this.cluster.url}${collection}`, { dispatcher, method: 'POST', headers: { authorization: `Bearer ${this.cluster.adminToken}`, 'content-type': 'application/json' }, body: JSON.stringify(object) });
    const text = await response.text();
    await dispatcher.close();
    if (!response.ok) throw new Error(`could not be made: ${text}`);
  }
}

/** A world for every test. At its end no request may have broken the protocol of either server. */
export function clusterWorld(options: DoubleOptions = {}): { readonly world: ClusterWorld } {
  const current = {} as { world: ClusterWorld };
  beforeEach(async () => {
    current.world = await ClusterWorld.begin(options);
  });
  afterEach(async () => {
    const { control, cluster } = current.world;
    const [faults, unexpected] = [control.faults, cluster.unexpected()];
    await current.world.close();
    expect({ faults, unexpected }).toEqual({ faults: [], unexpected: [] });
  });
  return current;
}

export const MAPS = '/api/v1/namespaces/default/configmaps';

export function configMap(name: string, data: Readonly<Record<string, string>> = { a: '1' }, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

export function deployment(name: string, image = 'app:1', metadata: object = {}): object {
  const labels = { app: name };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, ...metadata }, spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } } } };
}

export { until };
