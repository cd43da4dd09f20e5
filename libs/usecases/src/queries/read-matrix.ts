import { NotFound, present } from '@sluice/kernel';
import type { ApplicationName, Clock, CommitSha, EnvironmentName, Instant, RepositoryId } from '@sluice/kernel';
import { sayRollout } from '@sluice/gates';
import { compileSelection } from '@sluice/pipeline';
import type { Application, Diagnostic, Environment, Pipeline } from '@sluice/pipeline';
import { CURRENT_STATES } from '@sluice/promotion';
import type { LaneCondition, LaneStatus, Promotion } from '@sluice/promotion';
import type { Cluster, Clusters, ContentHead, DirectCommit, EnvironmentIndex, EnvironmentState, Freezes, HealthStatus, Liveness, People, Promotions, Repositories, RightsStore, Rollouts, StoredFreeze } from '../ports/index.js';
import { brokenGlass, stillNamed } from '../rights/broken-glass.js';
import type { BrokenGlass } from '../rights/broken-glass.js';
import { allPages, firstOfLane, laneKey } from './all-pages.js';
import { cellHealth } from './cell-health.js';
import { isConnected } from './connected.js';
import { rolloutsOf } from './explain-waves.js';
import type { UnownedPaths } from './unowned-paths.js';
import { waitingSentence, waitsUntil } from './waits-for.js';

export interface MatrixEnvironment {
  readonly name: EnvironmentName;
  readonly branch: string;
  readonly from: readonly EnvironmentName[];
  /** Of several sources one is enough. */
  readonly fromAny?: boolean;
  readonly head?: CommitSha;
  readonly assigned?: CommitSha;
  readonly message?: string;
  /** Commits that agents do not get before somebody accepts them, oldest first. */
  /** What rolls out there, and in which wave it is. */
  readonly rollout?: string;
  readonly unreviewed: readonly Pick<DirectCommit, 'commit' | 'author' | 'subject' | 'at'>[];
  readonly clusters: number;
  readonly connected: number;
}

export interface MatrixCellView {
  readonly environment: EnvironmentName;
  readonly application: ApplicationName;
  readonly commit?: CommitSha;
  readonly origin?: CommitSha;
  readonly subject?: string;
  readonly since?: Instant;
  readonly health: HealthStatus;
  readonly healthySince?: Instant;
  readonly drift: number;
  /** Commits whose changes the environment has and nobody has promoted to it; absent: none. */
  readonly targetOnly?: number;
  readonly condition: LaneCondition;
  readonly message: string;
  readonly promotion?: Promotion;
  readonly until?: Instant;
}

export interface MatrixView {
  readonly repository: RepositoryId;
  readonly pipeline: string;
  readonly environments: readonly MatrixEnvironment[];
  readonly applications: readonly ApplicationName[];
  readonly cells: readonly MatrixCellView[];
  readonly diagnostics: readonly Diagnostic[];
  readonly unownedPaths: readonly string[];
  readonly freezes: readonly StoredFreeze[];
  /** Who has broken the glass of which environment. */
  readonly breakGlass: readonly BrokenGlass[];
}

interface MatrixPorts {
  readonly repositories: Repositories;
  readonly promotions: Promotions;
  readonly environments: EnvironmentIndex;
  readonly clusters: Clusters;
  readonly freezes: Freezes;
  readonly rights: RightsStore;
  readonly people: Pick<People, 'get'>;
  readonly rollouts: Rollouts;
  readonly unownedPaths: UnownedPaths;
}

/** What is known of one environment, read with a handful of queries whatever the number of applications. */
interface EnvironmentFacts {
  readonly environment: Environment;
  readonly state?: EnvironmentState;
  readonly rollout?: string;
  readonly contents: ReadonlyMap<ApplicationName, ContentHead>;
  readonly clusters: readonly Cluster[];
  readonly liveness: ReadonlyMap<ApplicationName, readonly Liveness[]>;
}

interface LaneFacts {
  readonly lanes: ReadonlyMap<string, LaneStatus>;
  readonly moving: ReadonlyMap<string, Promotion>;
}

const MOVING_BOUND = 2_000;

/** Environments × applications: which version is where, since when, how it does, and what comes next. */
export class ReadMatrix {
  constructor(
    private readonly ports: MatrixPorts,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound when there is no such repository. */
  async run(repository: RepositoryId): Promise<MatrixView> {
    const known = await this.ports.repositories.get(repository);
    if (!known) throw new NotFound(`there is no repository ${repository}`);
    const record = await this.ports.repositories.pipeline(repository);
    const diagnostics = record?.diagnostics ?? [];
    const pipeline = record?.pipeline;
    if (!pipeline) return { repository, pipeline: '', environments: [], applications: [], cells: [], diagnostics, unownedPaths: [], freezes: [], breakGlass: [] };
    const [facts, lanes] = await Promise.all([this.environmentFacts(repository, pipeline), this.laneFacts(repository)]);
    return {
      repository,
      pipeline: pipeline.name,
      environments: facts.map((fact) => environmentView(fact, this.clock())),
      applications: pipeline.applications.map(({ name }) => name),
      cells: facts.flatMap((fact) => pipeline.applications.map((application) => cellView(fact, application, { ...lanes, origin: originOf(facts, fact, application.name) }))),
      diagnostics,
      unownedPaths: await this.ports.unownedPaths.at(repository, facts[0]?.state?.head, pipeline),
      freezes: await this.ports.freezes.unlifted(repository, this.clock()),
      breakGlass: await this.brokenGlass(repository, pipeline),
    };
  }

  private async brokenGlass(repository: RepositoryId, { environments }: Pipeline): Promise<readonly BrokenGlass[]> {
    const now = this.clock();
    return brokenGlass(environments, await stillNamed(this.ports.people, environments, await this.ports.rights.temporary(repository, now)), now);
  }

  private async environmentFacts(repository: RepositoryId, pipeline: Pipeline): Promise<readonly EnvironmentFacts[]> {
    const [states, clusters, rollouts] = await Promise.all([this.ports.environments.states(repository), this.ports.clusters.list({ repository }), rolloutsOf({ ...this.ports, clock: this.clock }, repository)]);
    return Promise.all(
      pipeline.environments.map(async (environment) => {
        const [contents, liveness] = await Promise.all([this.ports.environments.contents(repository, environment.name), this.ports.clusters.liveness(repository, environment.name)]);
        const state = states.find((candidate) => candidate.environment === environment.name);
        return {
          environment,
          ...(state && { state }),
          ...present({ rollout: rollouts.filter(({ rollout }) => rollout.environment === environment.name).map(({ rollout, waves }) => sayRollout(rollout, waves))[0] }),
          contents: new Map(contents.map((content) => [content.application, content])),
          clusters: clusters.filter((cluster) => cluster.environment === environment.name && !cluster.revoked),
          liveness: byApplication(liveness),
        };
      }),
    );
  }

  private async laneFacts(repository: RepositoryId): Promise<LaneFacts> {
    const [lanes, moving] = await Promise.all([
      this.ports.promotions.lanes(repository),
      allPages(this.ports.promotions, { repository, states: [...CURRENT_STATES, 'rolling-out', 'degraded'] }, MOVING_BOUND),
    ]);
    return { lanes: new Map(lanes.map((lane) => [laneKey(lane.target, lane.application), lane])), moving: firstOfLane(moving) };
  }
}

function environmentView({ environment, state, clusters, rollout }: EnvironmentFacts, now: Instant): MatrixEnvironment {
  return {
    name: environment.name,
    branch: environment.branch,
    from: environment.from,
    ...(environment.fromAny && { fromAny: true }),
    ...(state?.head && { head: state.head }),
    ...(state?.assigned && { assigned: state.assigned }),
    ...(state?.message !== undefined && { message: state.message }),
    ...present({ rollout }),
    unreviewed: unreviewedIn(environment, state),
    clusters: clusters.length,
    connected: clusters.filter((cluster) => isConnected(cluster, now)).length,
  };
}

/** What is held until somebody accepts it; nothing where direct pushes are deployed. */
function unreviewedIn({ directPush }: Environment, state: EnvironmentState | undefined): MatrixEnvironment['unreviewed'] {
  return directPush === 'hold' ? (state?.unreviewed ?? []).map(({ commit, author, subject, at }) => ({ commit, author, subject, at })) : [];
}

function cellView(facts: EnvironmentFacts, application: Application, { lanes, moving, origin }: LaneFacts & { readonly origin: CommitSha | undefined }): MatrixCellView {
  const { environment } = facts;
  const content = facts.contents.get(application.name);
  const key = laneKey(environment.name, application.name);
  const promotion = moving.get(key);
  const until = promotion && waitsUntil(promotion);
  return {
    environment: environment.name,
    application: application.name,
    ...contentView(content, origin),
    ...cellHealth(content?.commit, facts.clusters, facts.liveness.get(application.name) ?? []),
    drift: driftOf(application, facts.clusters),
    ...present({ targetOnly: facts.state?.targetOnly?.[application.name]?.changes.length }),
    ...nextView(environment, content, lanes.get(key), promotion),
    ...(promotion && { promotion }),
    ...(until !== undefined && { until }),
  };
}

/**
 * The commit of the first environment that an application's content comes from. While the environment before still has what was promoted from it, its own answer counts: it may have been recorded
 * there only after it was promoted on.
 */
function originOf(facts: readonly EnvironmentFacts[], { environment, contents }: EnvironmentFacts, application: ApplicationName): CommitSha | undefined {
  const content = contents.get(application);
  if (environment.from.length === 0) return content?.commit;
  if (!content?.from) return undefined;
  const { origin, source } = content.from;
  const before = facts.find((fact) => environment.from.includes(fact.environment.name) && fact.contents.get(application)?.commit === source);
  return before ? (originOf(facts, before, application) ?? origin) : origin;
}

function contentView(content: ContentHead | undefined, origin: CommitSha | undefined): Partial<Pick<MatrixCellView, 'commit' | 'origin' | 'subject' | 'since'>> {
  if (!content) return {};
  return { commit: content.commit, since: content.committedAt, ...(origin && { origin }), ...(content.subject !== undefined && { subject: content.subject }) };
}

function nextView(environment: Environment, content: ContentHead | undefined, lane: LaneStatus | undefined, promotion: Promotion | undefined): Pick<MatrixCellView, 'condition' | 'message'> {
  if (promotion) return { condition: 'promoting', message: waitingSentence(promotion) };
  if (environment.from.length === 0) return content ? { condition: 'in-sync', message: '' } : { condition: 'no-content', message: `nothing of it is on ${environment.branch} yet` };
  if (!lane) return { condition: 'waiting', message: 'it was not looked at yet' };
  return { condition: lane.condition, message: lane.message };
}

function driftOf(application: Application, clusters: readonly Cluster[]): number {
  const drift = clusters.flatMap((cluster) => cluster.report?.drift ?? []).filter(({ reverted }) => !reverted);
  if (drift.length === 0) return 0;
  const selection = compileSelection({ include: application.paths, exclude: [] });
  return drift.filter(({ path }) => selection.matches(path)).length;
}

function byApplication(liveness: readonly Liveness[]): ReadonlyMap<ApplicationName, readonly Liveness[]> {
  const grouped = new Map<ApplicationName, Liveness[]>();
  for (const entry of liveness) {
    const entries = grouped.get(entry.application);
    if (entries) entries.push(entry);
    else grouped.set(entry.application, [entry]);
  }
  return grouped;
}
