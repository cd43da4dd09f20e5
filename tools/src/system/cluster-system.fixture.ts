import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API } from '@sluice/contracts';
import { type DoubleOptions, KubernetesDouble } from '@sluice/kubernetes-double';
import { LocalSystem } from '@sluice/testing';
import { startClusterAgent } from './cluster-agent.fixture.js';
import { CLI } from './observe.fixture.js';
import { WorkTree } from './work-tree.js';

const run = promisify(execFile);
/** The cluster's name; it runs `dev`. */
const NAME = 'dev-k8s';

export interface ClusterSystemStart {
  readonly pipeline: string;
  /** What `dev` and `qa` begin with. */
  readonly files: ReadonlyMap<string, string>;
  readonly cluster?: DoubleOptions;
}

/** A whole system whose environment `dev` is a cluster and whose `qa`, after it, is a folder. */
export class ClusterSystem {
  private readonly closings: (() => Promise<unknown>)[] = [];
  private agent: ChildProcess | undefined;

  private constructor(
    readonly cluster: KubernetesDouble,
    readonly system: LocalSystem,
    private readonly folder: string,
  ) {}

  static async start({ pipeline, files, cluster = {} }: ClusterSystemStart): Promise<ClusterSystem> {
    const closings: (() => Promise<unknown>)[] = [];
    try {
      const double = await KubernetesDouble.start(cluster);
      closings.push(() => double.stop());
      const seed = await WorkTree.create();
      closings.push(() => seed.remove());
      await seed.orphan('main', new Map([['sluice.yaml', pipeline]]));
      for (const environment of ['dev', 'qa']) await seed.orphan(environment, files);
      const folder = await mkdtemp(join(tmpdir(), 'sluice-cluster-'));
      closings.push(() => rm(folder, { recursive: true, force: true }));
      const system = await LocalSystem.start({ repository: seed.folder });
      closings.push(() => system.stop());
      const whole = new ClusterSystem(double, system, folder);
      whole.closings.push(...closings);
      return whole;
    } catch (error) {
      await closeInReverse(closings);
      throw error;
    }
  }

  /** Starts the cluster's agent, with more settings than it has anyway. */
  async startAgent(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    this.agent = await startClusterAgent({ system: this.system, cluster: this.cluster, environment: 'dev', name: NAME, folder: this.folder }, settings);
  }

  /** Ends with the system, the latest first. */
  endWith(close: () => Promise<unknown>): void {
    this.closings.push(close);
  }

  /** @throws Error when the API server has seen what no careful client does */
  async stop(): Promise<void> {
    this.agent?.kill('SIGKILL');
    const unexpected = this.cluster.unexpected();
    await closeInReverse(this.closings);
    if (unexpected.length > 0) throw new Error(`the API server has seen what nobody should do: ${JSON.stringify(unexpected)}`);
  }

  /** What the command line prints. */
  async sluice(...args: readonly string[]): Promise<string> {
    return (await run(process.execPath, [CLI, ...args, '--data', this.system.data])).stdout;
  }

  /** The cluster as the server tells of it. */
  async told() {
    return (await this.system.call(API.clusters)).items.find(({ name }) => name === NAME);
  }

  /** Whether the cluster runs what it is to run, and is well. */
  async isWell(): Promise<boolean> {
    const told = await this.told();
    return told?.phase === 'synced' && told.health === 'Current';
  }

  async push(files: ReadonlyMap<string, string>, message: string): Promise<void> {
    await this.inTree('dev', async (tree) => {
      await tree.git('checkout', '--quiet', '-B', 'dev', 'FETCH_HEAD');
      await tree.replace(files, message);
      await tree.git('push', '--quiet', this.system.repository, 'dev');
    });
  }

  /** A file as a branch has it. */
  async inGit(branch: string, path: string): Promise<string> {
    return this.inTree(branch, (tree) => tree.git('show', `FETCH_HEAD:${path}`));
  }

  private async inTree<T>(branch: string, work: (tree: WorkTree) => Promise<T>): Promise<T> {
    const tree = await WorkTree.create(this.system.gitEnvironment);
    try {
      await tree.git('fetch', '--quiet', this.system.repository, branch);
      return await work(tree);
    } finally {
      await tree.remove();
    }
  }
}

async function closeInReverse(closings: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const close of [...closings].reverse()) await close();
}
