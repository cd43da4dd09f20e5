import type { ApplicationName, ClusterName, CommitSha, EnvironmentName, Instant, Labels, PersonName, PromotionId, RepositoryId } from '@sluice/kernel';
import type { Wave } from '@sluice/pipeline';

/** Who stopped something, or had it undone, and why. Without `by`: the environment's `onDegraded`, or a rebuild. */
export interface RolloutOrder {
  readonly by?: PersonName;
  readonly reason: string;
  readonly at: Instant;
}

/**
 * How what was merged into an environment with waves reaches its clusters, and what each of them is to run meanwhile. `gathering`: what is ready at the same time is still being merged. One an
 * environment; the last one stays when it has ended.
 */
export interface Rollout {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  /** The first promotion's id, or where there is none the environment and the commit. */
  readonly id: string;
  readonly state: 'gathering' | 'running' | 'ended';
  readonly end?: 'done' | 'rolled-back';
  /** As the pipeline had them when it began: other ones count for the next. */
  readonly waves: readonly Wave[];
  readonly onDegraded?: 'rollback' | 'pause';
  /** What goes out. */
  readonly head: CommitSha;
  /** What all clusters ran before; absent: nobody knows, the database was lost. */
  readonly base?: CommitSha;
  /** The newest wave that gets it, from 0; as many as there are waves: the clusters that are in none. */
  readonly wave: number;
  /** When that wave began. */
  readonly since: Instant;
  /** The batch, in the order of the merges. */
  readonly promotions: readonly PromotionId[];
  /** What each cluster is to run; one that is not in it: `base`. */
  readonly assigned: Readonly<Record<string, CommitSha>>;
  /** By cluster, applications of the batch that were healthy when it got it. */
  readonly healthyBefore: Readonly<Record<string, readonly ApplicationName[]>>;
  /** Faults that something was done about: each once. */
  readonly faults: readonly string[];
  readonly paused?: RolloutOrder;
  /** It is being rolled back, whole. */
  readonly undoing?: RolloutOrder;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  /** Grows whenever what a cluster is to run changes, over all rollouts of an environment. */
  readonly revision: number;
  /** Compare-and-swap counter of the stored row. */
  readonly version: number;
}

/** What an application's clusters have to run. */
export interface ExpectedContent {
  readonly application: ApplicationName;
  readonly content: CommitSha;
  readonly touched: number;
}

export interface RunningApplication {
  readonly content: CommitSha;
  readonly touched: number;
  readonly status: 'Current' | 'InProgress' | 'Failed' | 'Unknown';
  readonly healthySince?: Instant;
  readonly message: string;
}

export interface RolloutCluster {
  readonly name: ClusterName;
  readonly labels: Labels;
  readonly connected: boolean;
  /** Has applied what goes out, or something newer. */
  readonly hasHead: boolean;
  readonly running: ReadonlyMap<ApplicationName, RunningApplication>;
}

/** What is known of an environment while something rolls out there. */
export interface RolloutFacts {
  /** Those that are not revoked. */
  readonly clusters: readonly RolloutCluster[];
  /** Everything that `head` changes against `base`. */
  readonly applications: readonly ExpectedContent[];
  /** Applications that came by a promotion of the batch. */
  readonly promoted: readonly ApplicationName[];
  readonly now: Instant;
}
