import { NotFound, present } from '@sluice/kernel';
import type { ApplicationName, Clock, EnvironmentName, Instant, RepositoryId } from '@sluice/kernel';
import type { Pipeline } from '@sluice/pipeline';
import { CURRENT_STATES, isCurrent, membersOf } from '@sluice/promotion';
import type { Hold, LaneStatus, Promotion, Verdict } from '@sluice/promotion';
import type { Approvals, Cluster, Clusters, EnvironmentIndex, EnvironmentState, ForgeStore, Freezes, Liveness, Outbox, OwnAccountStore, PipelineRecord, Promotions, Repositories, Rollouts, Settings } from '../ports/index.js';
import type { RolloutView } from '../lifecycle/rollout-facts.js';
import { allPages, laneKey } from './all-pages.js';
import { clusterTrouble } from './explain-cluster.js';
import { forgeNotices } from './explain-forge.js';
import { freezeItems } from './explain-freezes.js';
import { imageItems } from './explain-images.js';
import { laneVerdict } from './explain-lane.js';
import { mergeVerdicts } from './explain-merge.js';
import { notUndoneVerdicts } from './explain-rollback.js';
import { rolloutVerdicts } from './explain-rollout.js';
import { withDecisions, type WrittenApproval } from './read-decisions.js';
import { targetOnlyItems } from './explain-target-only.js';
import { laterClusters, rolloutItems, rolloutsOf } from './explain-waves.js';
import { waitingSentence } from './waits-for.js';

export interface WhyFilter {
  readonly repository?: RepositoryId;
  readonly application?: ApplicationName;
  readonly environment?: EnvironmentName;
}

export interface WhyItem {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly application?: ApplicationName;
  readonly promotion?: Promotion;
  /** The request of a draft on which conflicts are to be resolved. */
  readonly draft?: { readonly number: number; readonly url: string };
  readonly condition: string;
  readonly message: string;
  readonly verdicts: readonly Verdict[];
  readonly conflicts: LaneStatus['conflicts'];
  /** What people have decided about its content, where that is written on a forge over the network. */
  readonly decisions?: readonly WrittenApproval[];
}

export interface WhyView {
  readonly items: readonly WhyItem[];
  /** What concerns a repository as a whole: a pipeline file that cannot be read. */
  readonly notices: readonly { readonly repository: RepositoryId; readonly message: string }[];
  readonly checkedAt: Instant;
}

interface WhyPorts {
  readonly repositories: Repositories;
  readonly promotions: Promotions;
  readonly approvals: Pick<Approvals, 'ofPromotions'>;
  readonly environments: EnvironmentIndex;
  readonly clusters: Clusters;
  readonly freezes: Freezes;
  readonly rollouts: Rollouts;
  readonly memory: Settings;
  readonly forges: Pick<ForgeStore, 'credential' | 'memory'>;
  readonly ownAccounts: Pick<OwnAccountStore, 'list'>;
  readonly outbox: Pick<Outbox, 'pending'>;
}

interface RepositoryFacts {
  readonly repository: RepositoryId;
  readonly states: readonly EnvironmentState[];
  readonly lanes: readonly LaneStatus[];
  readonly moving: readonly Promotion[];
  readonly clusters: readonly Cluster[];
  readonly rollouts: readonly RolloutView[];
  /** Rollbacks by which something is held now. */
  readonly rollbacks: readonly Promotion[];
}

const BOUND = 2_000;

/** For everything that does not move: each verdict, who or what can clear it, and when it is looked at next. */
export class ReadWhy {
  constructor(
    private readonly ports: WhyPorts,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound when the repository, application or environment that was asked for does not exist. */
  async run(filter: WhyFilter): Promise<WhyView> {
    const repositories = filter.repository === undefined ? await this.ports.repositories.list() : [await this.ports.repositories.get(filter.repository)];
    const items: WhyItem[] = [];
    const notices: WhyView['notices'][number][] = [];
    const unknown: string[] = [];
    for (const repository of repositories) {
      if (!repository) throw new NotFound(`there is no repository ${filter.repository ?? ''}`);
      const record = await this.ports.repositories.pipeline(repository.id);
      notices.push(...noticesOf(repository.id, repository.configBranch, record), ...(await forgeNotices(this.ports, repository, this.clock())));
      const missing = missingName(record, filter);
      const freezes = freezeItems(repository.id, record?.pipeline, await this.ports.freezes.unlifted(repository.id, this.clock()), filter);
      if (missing === undefined) items.push(...freezes, ...(await withDecisions(this.ports, repository, await this.itemsOf(repository.id, record, filter))), ...(await imageItems(this.ports.memory, repository.id, record?.pipeline, filter)));
      else unknown.push(missing);
    }
    const [first] = unknown;
    if (first !== undefined && unknown.length === repositories.length) throw new NotFound(first);
    return { items, notices, checkedAt: this.clock() };
  }

  private async itemsOf(repository: RepositoryId, record: PipelineRecord | undefined, filter: WhyFilter): Promise<readonly WhyItem[]> {
    const pipeline = record?.pipeline;
    const lane = { repository, ...(filter.application && { application: filter.application }), ...(filter.environment && { target: filter.environment }) };
    const [states, lanes, moving, clusters, rollouts] = await Promise.all([
      this.ports.environments.states(repository),
      this.ports.promotions.lanes(repository),
      allPages(this.ports.promotions, { ...lane, states: [...CURRENT_STATES, 'rolling-out', 'degraded', 'tampered'] }, BOUND),
      this.ports.clusters.list({ repository }),
      rolloutsOf({ ...this.ports, clock: this.clock }, repository),
    ]);
    const known = knownTo(pipeline);
    const shown = lanes.filter((status) => (concerns(status, filter) || isLeading(status, lanes, filter)) && known(status));
    const facts: RepositoryFacts = {
      repository,
      states: states.filter(({ environment }) => known({ target: environment })),
      lanes: shown,
      rollbacks: await this.rollbacksOf(shown, states),
      moving: newestOrMoving(moving, states).filter((promotion) => isCurrent(promotion) || known(promotion)),
      clusters,
      rollouts: rollouts.filter(({ rollout }) => known({ target: rollout.environment })),
    };
    const liveness = await this.livenessOf(facts);
    const rolling = rolloutItems(facts.rollouts, filter);
    const items = [...environmentItems(facts, filter), ...(await Promise.all(facts.moving.map((promotion) => this.promotionItem(promotion, facts, liveness)))), ...laneItems(facts)];
    const settled = items.length > 0 || !filter.application || !filter.environment ? [] : [settledItem(facts, filter.application, filter.environment)];
    return [...rolling, ...items, ...settled, ...targetOnlyItems(facts.states, filter), ...this.clusterItems(facts, placesOf(record, filter))];
  }

  private async rollbacksOf(lanes: readonly LaneStatus[], states: readonly EnvironmentState[]): Promise<readonly Promotion[]> {
    const found: Promotion[] = [];
    for (const lane of lanes.filter(({ condition }) => condition === 'held')) {
      const hold = holdOf(states, lane);
      const { repository, application, target } = lane;
      const { items } = await this.ports.promotions.list({ repository, application, target, states: ['rolling-out', 'live', 'degraded'], limit: 20 });
      found.push(...items.filter(({ candidate, mergedAs }) => candidate.kind === 'rollback' && mergedAs !== undefined && mergedAs === hold?.by));
    }
    return found;
  }

  /** Clusters that do not run what they should: everything behind them waits for that. */
  private clusterItems({ repository, clusters }: RepositoryFacts, places: ReadonlySet<EnvironmentName> | undefined): readonly WhyItem[] {
    return clusters.flatMap((cluster) => {
      const verdict = !places || places.has(cluster.environment) ? clusterTrouble(cluster, this.clock()) : undefined;
      return verdict ? [{ repository, environment: cluster.environment, condition: 'not-converged', message: verdict.message, verdicts: [verdict], conflicts: [] }] : [];
    });
  }

  private async livenessOf(facts: RepositoryFacts): Promise<readonly Liveness[]> {
    const targets = new Set(facts.moving.filter(isRollingOut).map(({ target }) => target));
    return (await Promise.all([...targets].map((target) => this.ports.clusters.liveness(facts.repository, target)))).flat();
  }

  private async promotionItem(promotion: Promotion, facts: RepositoryFacts, liveness: readonly Liveness[]): Promise<WhyItem> {
    const rollingOut = isRollingOut(promotion);
    const clusters = facts.clusters.filter(({ environment, revoked }) => environment === promotion.target && !revoked);
    const inTarget = liveness.filter(({ environment }) => environment === promotion.target);
    return {
      repository: promotion.repository,
      environment: promotion.target,
      application: promotion.application,
      promotion,
      condition: promotion.state,
      message: waitingSentence(promotion),
      verdicts: rollingOut ? rolloutVerdicts(promotion, { clusters, liveness: inTarget, later: laterClusters(facts.rollouts, promotion.target) }, this.clock()) : [...(await mergeVerdicts(this.ports.outbox, promotion)), ...notUndoneVerdicts(promotion), ...promotion.verdicts],
      conflicts: facts.lanes.find((lane) => sameLane(lane, promotion))?.conflicts ?? [],
    };
  }
}

function isRollingOut({ state }: Promotion): boolean {
  return state === 'rolling-out' || state === 'degraded';
}

/** What of the question a repository does not have, in words; undefined while nothing is known of its pipeline. */
export function missingName(record: PipelineRecord | undefined, { application, environment }: WhyFilter): string | undefined {
  const pipeline = record?.pipeline;
  if (!pipeline) return undefined;
  const applications = pipeline.applications.map(({ name }) => name);
  const environments = pipeline.environments.map(({ name }) => name);
  if (application && !applications.includes(application)) return `there is no application ${application}; there are ${applications.slice(0, 20).join(', ')}`;
  if (environment && !environments.includes(environment)) return `there is no environment ${environment}; there are ${environments.join(', ')}`;
  return undefined;
}

/** The environment that was asked about and those that it waits for; undefined: all. */
function placesOf(record: PipelineRecord | undefined, { environment }: WhyFilter): ReadonlySet<EnvironmentName> | undefined {
  if (!environment) return undefined;
  const sources = record?.pipeline?.environments.find(({ name }) => name === environment)?.from ?? [];
  return new Set([environment, ...sources]);
}

function noticesOf(repository: RepositoryId, branch: string, record: PipelineRecord | undefined): WhyView['notices'] {
  if (!record) return [{ repository, message: `the repository was not looked at yet, or has no sluice.yaml on ${branch}` }];
  const errors = record.diagnostics.filter(({ severity }) => severity === 'error');
  return errors.map(({ line, column, message }) => ({ repository, message: `sluice.yaml:${line}:${column}: ${message}` }));
}

function environmentItems({ repository, states }: RepositoryFacts, filter: WhyFilter): readonly WhyItem[] {
  const waiting = states.filter(({ environment, message }) => message !== undefined && (!filter.environment || filter.environment === environment));
  return waiting.map((state) => ({ repository, environment: state.environment, condition: 'not-assigned', message: state.message ?? '', verdicts: unreviewedVerdicts(state), conflicts: [] }));
}

function unreviewedVerdicts({ environment, unreviewed = [], message = '' }: EnvironmentState): readonly Verdict[] {
  const [first] = unreviewed;
  if (!first) return [];
  const evidence = Object.fromEntries(unreviewed.slice(0, 50).map(({ commit, author, subject }) => [commit, `${author}: ${subject}`]));
  return [{ gate: 'unreviewed', type: 'direct-push', outcome: 'wait', message, clearedBy: `a promoter who did not write it, with \`sluice accept ${environment}\`; or a commit that reverts it`, since: first.at, evidence }];
}

function laneItems({ repository, lanes, moving, states, rollbacks }: RepositoryFacts): readonly WhyItem[] {
  // a merged promotion says nothing of what comes after it
  const explained = new Set(moving.filter(isCurrent).flatMap((promotion) => membersOf(promotion).map((application) => laneKey(promotion.target, application))));
  return lanes.flatMap((lane) => {
    const verdict = laneVerdict(lane, holdOf(states, lane));
    if (!verdict || lane.condition === 'no-content' || explained.has(laneKey(lane.target, lane.application))) return [];
    const notUndone = rollbacks.filter((rollback) => rollback.target === lane.target && membersOf(rollback).includes(lane.application)).flatMap(notUndoneVerdicts);
    return [{ repository, environment: lane.target, application: lane.application, condition: lane.condition, message: lane.message, verdicts: [verdict, ...notUndone], conflicts: lane.conflicts, ...present({ draft: lane.draft?.change }) }];
  });
}

function holdOf(states: readonly EnvironmentState[], lane: LaneStatus): Hold | undefined {
  return states.find(({ environment }) => environment === lane.target)?.held[lane.application];
}

/** A question about one lane always gets an answer. */
function settledItem({ repository, lanes, states }: RepositoryFacts, application: ApplicationName, environment: EnvironmentName): WhyItem {
  const lane = lanes.find((status) => status.application === application);
  const verdict = lane && laneVerdict(lane, holdOf(states, lane));
  return {
    repository,
    environment,
    application,
    condition: lane?.condition ?? 'in-sync',
    message: lane?.message ?? `${environment} is a first environment: what is pushed to its branch is there`,
    verdicts: verdict ? [verdict] : [],
    conflicts: [],
  };
}

/** A tampered promotion is of interest only while it is still what the environment holds. */
function newestOrMoving(promotions: readonly Promotion[], states: readonly EnvironmentState[]): readonly Promotion[] {
  return promotions.filter((promotion) => {
    if (promotion.state !== 'tampered') return true;
    const tampered = states.find(({ environment }) => environment === promotion.target)?.tampered ?? {};
    return membersOf(promotion).some((application) => tampered[application] === promotion.mergedAs);
  });
}

/**
 * What the pipeline still knows: for an environment or an application that it no longer has nothing is waited for. A request that is open all the same is shown until it is closed.
 */
function knownTo(pipeline: Pipeline | undefined): (lane: { readonly target: EnvironmentName; readonly application?: ApplicationName }) => boolean {
  if (!pipeline) return () => true;
  const environments = new Set(pipeline.environments.map(({ name }) => name));
  const applications = new Set(pipeline.applications.map(({ name }) => name));
  return ({ target, application }) => environments.has(target) && (application === undefined || applications.has(application));
}

function concerns(lane: LaneStatus, filter: WhyFilter): boolean {
  return (!filter.application || lane.application === filter.application) && (!filter.environment || lane.target === filter.environment);
}

/** The lane that composes for the one that is asked about. */
function isLeading({ target, application }: LaneStatus, lanes: readonly LaneStatus[], filter: WhyFilter): boolean {
  return filter.application !== undefined && lanes.some((status) => status.goesWith === application && status.target === target && concerns(status, filter));
}

function sameLane(lane: LaneStatus, promotion: Promotion): boolean {
  return lane.application === promotion.application && lane.target === promotion.target;
}
