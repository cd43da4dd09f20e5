import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { BuiltinForge } from '@sluice/forge-builtin';
import { clusterName, environmentName, instant } from '@sluice/kernel';
import type { CommitSha, Labels, RepositoryId } from '@sluice/kernel';
import type { Store } from '@sluice/store-postgres';
import { AcceptReport, AdvanceLane, DecidePromotion, FollowReviews, ObserveRepository, ReadAssignment, RebuildRepository, RollBack, SettleEnvironment, UpdateImages, hashSecret, wakeKey } from '@sluice/usecases';
import type { Cluster, LifecyclePorts, MergeMethod, RebuildReport, WakeTarget } from '@sluice/usecases';
import { WorkTree } from './work-tree.fixture.js';
import type { Files } from './work-tree.fixture.js';

/** Whether everything that Sluice does follows each push, or only when the test says so. */
export type Polling = 'step by step' | 'all at once';

type Health = 'Current' | 'InProgress' | 'Unknown' | 'Failed';

export interface ShopParts {
  readonly ports: LifecyclePorts;
  readonly forge: BuiltinForge;
  readonly store: Store;
  readonly folder: string;
  readonly id: RepositoryId;
  readonly polled: Polling;
}

/** One repository in a world, with what works for it by itself: Sluice's jobs, one after the other when a test says so, and the agents of its environments. */
export abstract class WorkedRepository extends WorkTree {
  readonly id: RepositoryId;
  private sequence = 0;

  constructor(protected readonly parts: ShopParts) {
    super(parts.folder);
    this.id = parts.id;
  }

  /** Nothing is told to Sluice yet, unless it is polled step by step. */
  protected async pushed(): Promise<void> {
    if (this.parts.polled === 'step by step') await this.settle();
  }

  async create(branches: Readonly<Record<string, Files>>, mergeMethod: MergeMethod): Promise<void> {
    const { forge, store } = this.parts;
    await forge.createRepository(this.id, { defaultBranch: 'main', mergeMethod });
    await store.repositories.add({ id: this.id, forge: 'builtin', configBranch: 'main', createdAt: instant(Date.now()) });
    await this.begin(forge.gitDir(this.id), branches);
    await this.settle();
  }

  /** Pushes the first commits of each branch. */
  protected async begin(origin: string, branches: Readonly<Record<string, Files>>): Promise<void> {
    await mkdir(this.parts.folder, { recursive: true });
    await this.git('init', '--quiet', '--initial-branch=unborn');
    await this.git('remote', 'add', 'forge', origin);
    await this.beginBranches(branches);
    const names = Object.keys(branches);
    if (names.length === 0) return;
    await this.git('push', '--quiet', '--force', 'forge', ...names);
    // the work tree stands where it would after a push of one after the other
    await this.git('checkout', '--quiet', '--force', names.at(-1) ?? '');
  }

  /** What `sluice rebuild` does with a repository that the database does not know any more. */
  async rebuild(): Promise<RebuildReport> {
    const { ports, store } = this.parts;
    if (!(await store.repositories.get(this.id))) await store.repositories.add({ id: this.id, forge: 'builtin', configBranch: 'main', createdAt: instant(Date.now()) });
    return new RebuildRepository({ ...ports, host: { list: async () => [] } }).run(this.id);
  }

  /** Everything that Sluice does by itself, until nothing more happens: as after a push event or a sweep. */
  async settle(): Promise<void> {
    await this.parts.ports.wakes.wake({ kind: 'repository', repository: this.id });
    await this.workOff();
  }

  /** Only what timers that are due and earlier wakes ask for: nobody pushed, nothing was swept. */
  async workOff(): Promise<void> {
    for (let round = 0; round < 200; round += 1) {
      await this.parts.store.wakes.fireDue(100);
      const targets = (await this.parts.store.wakes.overdue(-1_000, 500)).filter((target) => target.repository === this.id);
      if (targets.length === 0) return;
      for (const target of targets) await this.work(target);
    }
    throw new Error('the world does not settle');
  }

  /** One job, as a worker does it. */
  async work(target: WakeTarget): Promise<void> {
    const key = wakeKey(target);
    const pending = await this.parts.store.wakes.pending(key);
    if (!pending) return;
    await this.runTarget(target);
    await this.parts.store.wakes.settle(key, pending.revision);
  }

  private runTarget(target: WakeTarget): Promise<void> {
    const { ports } = this.parts;
    switch (target.kind) {
      case 'repository':
        return new ObserveRepository(ports).run(target.repository);
      case 'lane':
        return new FollowReviews(ports, new DecidePromotion(ports)).run(target).then(() => new AdvanceLane(ports).run(target));
      case 'images':
        return new UpdateImages(ports, { interval: 300_000 }).run(target.repository, target.environment);
      case 'environment':
        return new SettleEnvironment(ports, new RollBack(ports, new AdvanceLane(ports))).run(target.repository, target.environment);
    }
  }

  /** The agent of an environment applies what is assigned and reports; then Sluice does what follows from it. */
  async sync(environment: string, health: Health = 'Current'): Promise<CommitSha | undefined> {
    await this.settle();
    const commit = (await this.parts.ports.environments.state(this.id, environmentName(environment)))?.assigned;
    await this.report(environment, commit, health);
    await this.settle();
    return commit;
  }

  /** One agent of an environment with several: enrols, if it has not yet, applies what its cluster is to run, and reports. @returns what that is. */
  async syncCluster(environment: string, name: string, health: 'Current' | 'Failed' | 'InProgress' = 'Current', failed: readonly { readonly path: string; readonly message: string }[] = []): Promise<CommitSha | undefined> {
    await this.workOff();
    const cluster = await this.enrolled(environment, `${this.id}-${name}`);
    const { repositories, environments, rollouts } = this.parts.ports;
    const { commit } = await new ReadAssignment(repositories, environments, rollouts).run(cluster);
    await this.reportOf(cluster, commit, health, failed);
    await this.workOff();
    return commit;
  }

  /** An agent reports what it runs, whatever it is told. */
  async says(environment: string, name: string, commit: CommitSha): Promise<void> {
    await this.reportOf(await this.enrolled(environment, `${this.id}-${name}`), commit, 'Current', []);
    await this.settle();
  }

  /** An agent enrols for an environment, with a token that gives these labels. */
  async enrol(environment: string, name: string, labels: Labels = {}): Promise<void> {
    await this.enrolled(environment, `${this.id}-${name}`, labels);
  }

  /** What each cluster of an environment is to run, by the name that tests give it. */
  async assigned(environment: string): Promise<Readonly<Record<string, CommitSha | undefined>>> {
    const { repositories, environments, rollouts, clusters } = this.parts.ports;
    const read = new ReadAssignment(repositories, environments, rollouts);
    const found = (await clusters.list({ repository: this.id, environment: environmentName(environment) })).map(async (cluster) => [cluster.name.slice(this.id.length + 1), (await read.run(cluster)).commit] as const);
    return Object.fromEntries(await Promise.all(found));
  }

  /** What the agent of an environment says of a commit; nothing follows from it yet. */
  async report(environment: string, commit: CommitSha | undefined, health: Health = 'Current', failed: readonly { readonly path: string; readonly message: string }[] = []): Promise<void> {
    await this.reportOf(await this.cluster(environment), commit, health, failed);
  }

  private async reportOf(cluster: Cluster, commit: CommitSha | undefined, health: Health, failed: readonly { readonly path: string; readonly message: string }[]): Promise<void> {
    const { ports } = this.parts;
    const resources = failed.map((resource) => ({ ...resource, status: 'Failed' as const }));
    const report = { sequence: ++this.sequence, ...(commit === undefined ? {} : { commit }), phase: failed.length > 0 ? ('failed' as const) : ('synced' as const), message: '', health, resources, drift: [], digest: createHash('sha256').update(`${commit ?? ''}${health}${this.sequence}`).digest('hex') };
    await new AcceptReport({ ...ports, index: ports.environments }).run(cluster, report, 'test');
  }

  /** The agent of an environment, or another one there; enrolled when it is needed first. */
  async cluster(environment: string, agent = `${this.id}-${environment}`): Promise<Cluster> {
    return this.enrolled(environment, agent);
  }

  private async enrolled(environment: string, text: string, labels: Labels = {}): Promise<Cluster> {
    const { store } = this.parts;
    const name = clusterName(text);
    const known = await store.clusters.get(name);
    if (known) return known;
    const secret = hashSecret(`${name}-${Math.random()}`);
    await store.clusters.addJoinToken(secret, { cluster: name, repository: this.id, environment: environmentName(environment), expiresAt: instant(this.parts.ports.clock() + 60_000), labels });
    const enrolled = await store.clusters.enrol(secret, 'A'.repeat(43), (token) => ({ name: token.cluster, repository: token.repository, environment: token.environment, agentVersion: 'test', labels: token.labels ?? {} }));
    if (typeof enrolled === 'string') throw new Error(enrolled);
    return enrolled;
  }
}
