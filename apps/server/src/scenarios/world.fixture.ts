import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuiltinForge } from '@sluice/forge-builtin';
import type { BuiltinForge } from '@sluice/forge-builtin';
import { createMirrors } from '@sluice/git';
import { startGitLauncher } from '@sluice/git-process';
import { openEmbeddedPostgres } from '@sluice/embedded-postgres';
import { applicationName, clusterName, environmentName, instant, personName, repositoryId } from '@sluice/kernel';
import type { CommitSha, Labels, RepositoryId } from '@sluice/kernel';
import type { LaneStatus, Promotion } from '@sluice/promotion';
import { createCheckedFetch, createGateQuestions, createOutboundHttp } from '@sluice/outbound-http';
import { createLocalSignals } from '@sluice/queue-bullmq';
import { createImageRegistry, createImageTags } from '@sluice/registry';
import { createRenderer } from '@sluice/render';
import { createLogger, lockFolder, SecretBox } from '@sluice/runtime';
import { createUntrustedReader } from '@sluice/sandbox';
import { createCommitSignatures } from '@sluice/signatures';
import { createPostgresPool, createStore, migrate } from '@sluice/store-postgres';
import type { Store } from '@sluice/store-postgres';
import type { Services } from '@sluice/testing';
import { AcceptDirect, AcceptReport, AdvanceLane, ControlRollout, DecidePromotion, FollowReviews, ManageCluster, ObserveRepository, ReadAssignment, ReadRollout, PromoteByHand, ReadWhy, RebuildRepository, RemoteForges, RollBack, SettleEnvironment, UpdateImages, createAuditLog, hashSecret, routeForges, wakeKey } from '@sluice/usecases';
import type { AuditEntry } from '@sluice/audit';
import type { ChangeRequest, Cluster, LifecyclePorts, ReadRolloutView, MergeMethod, RebuildReport, Sealer, WakeTarget, Wakes, WhyItem } from '@sluice/usecases';
import { FORGE_ADAPTERS } from '../compose/forge-adapters.js';
import { createSealer } from '../compose/sealer.js';
import { onSimulatedTime, simulateDatabaseTime } from './database-time.fixture.js';
import { savePeople } from './people.fixture.js';
import { WorkTree } from './work-tree.fixture.js';
import type { Files } from './work-tree.fixture.js';

/** Everything below the web server, for real: store, forge, mirrors, reader and use cases. Jobs run when a test says so, one after the other. */
export interface World {
  readonly ports: LifecyclePorts;
  readonly forge: BuiltinForge;
  readonly store: Store;
  readonly remotes: RemoteForges;
  readonly sealer: Sealer;
  /** A folder that is gone with the world. */
  readonly folder: string;
  /** A new repository with these files on its branches, read once. */
  repository(branches: Readonly<Record<string, Files>>, options?: { readonly mergeMethod?: MergeMethod; readonly polled?: Polling }): Promise<Shop>;
  /** From now on it is this time (RFC 3339), for gates, timers and the database. */
  setClock(time: string): Promise<void>;
  /** Every job and every "look again" is gone, timers are not: as after a queue was emptied. */
  loseWakes(): Promise<void>;
  /** The database is as on the first day, but for the people: repositories and requests are still on the forge's disk. */
  loseDatabase(): Promise<void>;
  /** Another worker, on a machine of its own: what only this one's mirrors had is not there. */
  loseMirrors(): Promise<void>;
  close(): Promise<void>;
}

/** Whether everything that Sluice does follows each push, or only when the test says so. */
export type Polling = 'step by step' | 'all at once';

type Health = 'Current' | 'InProgress' | 'Unknown' | 'Failed';

export async function openWorld(services: Services): Promise<World> {
  const launcher = await startGitLauncher();
  try {
    return await openWith(services, launcher);
  } catch (error) {
    // or its process would keep the suite from ending
    await launcher.close();
    throw error;
  }
}

async function openWith(services: Services, launcher: { close(): Promise<void> }): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-world-'));
  let ahead = 0;
  const clock = () => instant(Date.now() + ahead);
  const embedded = services.kind === 'embedded' ? await openEmbeddedPostgres({ ...services, lock: lockFolder }) : undefined;
  const pool = embedded?.pool ?? createPostgresPool(services.kind === 'postgres+redis' ? services.databaseUrl : '', { max: 8, onError: () => undefined });
  onSimulatedTime(pool);
  await migrate(pool);
  const time = await simulateDatabaseTime(pool);
  const store = createStore(pool);
  const forge = createBuiltinForge({ folder: join(folder, 'repositories'), publicUrl: 'http://127.0.0.1:1', clock });
  const way = createCheckedFetch({ allowedNetworks: ['127.0.0.1/32'] });
  const sealer = createSealer(new SecretBox([Buffer.alloc(32, 7).toString('base64')]));
  const remotes = new RemoteForges({ forges: store.forges, repositories: store.repositories, sealer, clock, fetch: way.fetch, adapters: FORGE_ADAPTERS });
  const routed = routeForges({ builtin: forge, remotes, repositories: store.repositories, forges: store.forges, clock });
  let moves = 0;
  const newMirrors = () => createMirrors({ folder: join(folder, moves++ === 0 ? 'mirrors' : `mirrors-${moves}`), access: routed.access, allowLocal: true, lock: lockFolder });
  let mirrors = newMirrors();
  const reader = createUntrustedReader();
  const renderer = createRenderer();
  const outbound = createOutboundHttp({ allowedNetworks: ['127.0.0.1/32'], deadline: 2_000 });
  const ports: LifecyclePorts = {
    ...store,
    clock,
    audit: createAuditLog(store.auditStore, clock, () => undefined),
    wakes: storedWakes(store),
    signals: createLocalSignals(createLogger({ name: 'world', level: 'silent' })),
    mirrors: { open: (id) => mirrors.open(id), withPack: (id, pack, work) => mirrors.withPack(id, pack, work) },
    reader,
    renderer,
    changes: routed.changes,
    reviews: routed.reviews,
    statuses: routed.statuses,
    pushes: routed.pushes,
    signatures: createCommitSignatures(),
    images: createImageRegistry(outbound, clock),
    imageTags: createImageTags(outbound, clock),
    questions: createGateQuestions(outbound, (name) => (name === 'NONE' ? undefined : `secret of ${name}`)),
    memory: store.settings,
    settings: { publicUrl: 'http://127.0.0.1:1', worker: 'world' },
  };
  await savePeople(store);
  let count = 0;
  return {
    ports,
    forge,
    store,
    remotes,
    sealer,
    folder,
    repository: async (branches, { mergeMethod = 'squash', polled = 'all at once' } = {}) => {
      const shop = new Shop({ ports, forge, store, folder: join(folder, 'work', String(++count)), id: repositoryId(`shop-${count}`), polled });
      await shop.create(branches, mergeMethod);
      return shop;
    },
    setClock: async (to) => {
      ahead += Date.parse(to) - clock();
      await time.setAhead(ahead);
    },
    loseWakes: async () => {
      await pool.query('truncate sluice.wakes');
    },
    loseDatabase: async () => {
      const { rows } = await pool.query<{ tablename: string }>("select tablename from pg_tables where schemaname = 'sluice'");
      // as a new database is: the triggers that keep the audit are for those who write to it
      const tables = rows.map(({ tablename }) => `sluice."${tablename}"`).join(', ');
      await pool.query(`begin; set local session_replication_role = replica; truncate ${tables}; insert into sluice.audit_end (id, sequence, hash) values (1, 0, repeat('0', 64)); commit`);
      await savePeople(store);
    },
    loseMirrors: async () => {
      await mirrors.close();
      mirrors = newMirrors();
    },
    close: async () => {
      await reader.close();
      await renderer.close();
      await outbound.close();
      await mirrors.close();
      await remotes.close();
      await way.close();
      forge.close();
      await store.close();
      if (embedded) await embedded.close();
      else await pool.end();
      await launcher.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function storedWakes(store: Store): Wakes {
  return { wake: async (...targets) => void (await store.wakes.raise(targets)), wakeAt: (id, target, at) => store.wakes.setTimer(id, target, at) };
}

export interface ShopParts {
  readonly ports: LifecyclePorts;
  readonly forge: BuiltinForge;
  readonly store: Store;
  readonly folder: string;
  readonly id: RepositoryId;
  readonly polled: Polling;
}

/** One repository in the world, as its people see it: git, requests, and what runs where. */
export class Shop extends WorkTree {
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
    for (const [branch, files] of Object.entries(branches)) {
      await this.git('checkout', '--quiet', '--orphan', branch);
      await this.git('rm', '-rfq', '--ignore-unmatch', '.');
      await this.write(files);
      await this.git('commit', '--quiet', '--allow-empty', '-m', `begin ${branch}`);
      await this.git('push', '--quiet', '--force', 'forge', branch);
    }
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

  async label(name: string, set: Labels, ...remove: readonly string[]): Promise<void> {
    const root = await this.parts.ports.people.get(personName('root'));
    if (!root) throw new Error('root is gone');
    await new ManageCluster(this.parts.ports).label(clusterName(`${this.id}-${name}`), { set, remove }, root);
    await this.settle();
  }

  /** What `sluice rollout` shows. */
  rollout(environment: string): Promise<ReadRolloutView> {
    return new ReadRollout(this.parts.ports).run(this.id, environmentName(environment));
  }

  /** What each cluster of an environment is to run, by the name that tests give it. */
  async assigned(environment: string): Promise<Readonly<Record<string, CommitSha | undefined>>> {
    const { repositories, environments, rollouts, clusters } = this.parts.ports;
    const read = new ReadAssignment(repositories, environments, rollouts);
    const found = (await clusters.list({ repository: this.id, environment: environmentName(environment) })).map(async (cluster) => [cluster.name.slice(this.id.length + 1), (await read.run(cluster)).commit] as const);
    return Object.fromEntries(await Promise.all(found));
  }

  /** Somebody pauses, continues or aborts a rollout. */
  async controlRollout(what: 'pause' | 'continue' | 'abort', environment: string, person = 'ada'): Promise<void> {
    const { ports } = this.parts;
    const advanceLane = new AdvanceLane(ports);
    await new ControlRollout(ports, new RollBack(ports, advanceLane), advanceLane)[what]({ repository: this.id, environment: environmentName(environment), person: personName(person), reason: 'look at it' });
    await this.settle();
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

  lane(application: string, target: string): Promise<LaneStatus | undefined> {
    return this.parts.ports.promotions.lane({ repository: this.id, application: applicationName(application), target: environmentName(target) });
  }

  current(application: string, target: string): Promise<Promotion | undefined> {
    return this.parts.ports.promotions.current({ repository: this.id, application: applicationName(application), target: environmentName(target) });
  }

  /** Newest first. */
  async promotions(application: string, target: string): Promise<readonly Promotion[]> {
    return (await this.parts.ports.promotions.list({ repository: this.id, application: applicationName(application), target: environmentName(target), limit: 100 })).items;
  }

  requests(): Promise<readonly ChangeRequest[]> {
    return this.parts.ports.changes.list(this.id, { limit: 100 });
  }

  async approve(application: string, target: string, person: string): Promise<void> {
    const promotion = await this.open(application, target);
    await new DecidePromotion(this.parts.ports).approve({ repository: this.id, promotion: promotion.id, digest: promotion.candidate.digest, person: personName(person), comment: '', door: 'api' });
    await this.settle();
  }

  async reject(application: string, target: string, person: string): Promise<void> {
    const promotion = await this.open(application, target);
    await new DecidePromotion(this.parts.ports).reject({ repository: this.id, promotion: promotion.id, digest: promotion.candidate.digest, person: personName(person), reason: 'not this', door: 'api' });
    await this.settle();
  }

  /** Somebody sets one gate aside in an emergency. */
  async override(application: string, target: string, gate: string, person: string): Promise<void> {
    const promotion = await this.open(application, target);
    await new DecidePromotion(this.parts.ports).override({ repository: this.id, promotion: promotion.id, digest: promotion.candidate.digest, person: personName(person), gate, reason: 'site is down', door: 'api' });
    await this.settle();
  }

  /** Somebody asks for a promotion by hand. */
  async promote(application: string, target: string, person = 'ada'): Promise<string> {
    const result = await new PromoteByHand(this.parts.ports, new AdvanceLane(this.parts.ports)).run({ repository: this.id, application: applicationName(application), environment: environmentName(target), person: personName(person), reason: '' });
    await this.settle();
    return result.outcome;
  }

  /** What the audit says of this repository, oldest first: who by which door has done what. */
  async audited(action?: string): Promise<readonly string[]> {
    const { items } = await this.parts.store.auditStore.list({ repository: this.id, limit: 200, ...(action !== undefined && { action }) });
    return items.toReversed().map(({ entry }) => {
      const { who, door, action: done, from } = JSON.parse(entry) as AuditEntry;
      return [who.name, door, done, ...(from?.login === undefined ? [] : [`as ${from.login}`])].join(' ');
    });
  }

  /** Somebody rolls back. @returns the promotions that it undoes. */
  async rollBack(application: string, environment: string, options: { readonly as?: string; readonly to?: Promotion['id'] } = {}): Promise<readonly string[]> {
    const { ports } = this.parts;
    const wanted = { repository: this.id, application: applicationName(application), environment: environmentName(environment), person: personName(options.as ?? 'ada'), reason: 'it burns', ...(options.to !== undefined && { to: options.to }) };
    const { undoes } = await new RollBack(ports, new AdvanceLane(ports)).run(wanted);
    await this.settle();
    return undoes;
  }

  /** Somebody accepts what was pushed past the promotions, up to the environment's head. */
  async accept(environment: string, person: string): Promise<void> {
    const name = environmentName(environment);
    const waiting = (await this.parts.ports.environments.state(this.id, name))?.unreviewed ?? [];
    await new AcceptDirect(this.parts.ports).run({ repository: this.id, environment: name, commit: waiting.at(-1)?.commit ?? (await this.head(environment)), person: personName(person), reason: '' });
    await this.settle();
  }

  /** What `sluice why` says of one lane. */
  async why(application: string, target: string): Promise<readonly WhyItem[]> {
    const view = await new ReadWhy(this.parts.ports, this.parts.ports.clock).run({ repository: this.id, application: applicationName(application), environment: environmentName(target) });
    return view.items;
  }

  /** Somebody merges a request on the forge, past Sluice. */
  async mergeOnForge(number: number, head: CommitSha, method?: MergeMethod): Promise<string> {
    const outcome = await this.parts.ports.changes.merge(this.id, number, { expectedHead: head, ...(method && { method }), by: 'ada' });
    return outcome.kind;
  }

  private async open(application: string, target: string): Promise<Promotion> {
    const promotion = await this.current(application, target);
    if (!promotion) throw new Error(`no open promotion of ${application} into ${target}: ${JSON.stringify(await this.lane(application, target))}`);
    return promotion;
  }
}
