import type { ApplicationName, ClusterName, CommitSha, EnvironmentName, Instant, PersonName, RepositoryId } from '@sluice/kernel';
import type { TestDefinition } from '@sluice/pipeline';

export type TestRunState = 'ordered' | 'running' | 'passed' | 'failed' | 'replaced';

/** One run of a test on the content of an application in an environment: ordered, taken by an agent, and what came of it. */
export interface TestRun {
  readonly id: string;
  /** A hash of the content, of what that uses, and the test: a result holds for exactly these. */
  readonly subject: string;
  /** Counts up from 1 for a subject. */
  readonly number: number;
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly application: ApplicationName;
  /** The content's commit on the environment's branch. */
  readonly commit: CommitSha;
  /** The position on the branch since which what it uses is as it was ordered for: only an agent that is as far runs it. Absent: it uses nothing. */
  readonly touched?: number;
  readonly test: TestDefinition;
  readonly state: TestRunState;
  readonly orderedAt: Instant;
  /** Who wanted it again; absent: a gate. */
  readonly orderedBy?: PersonName;
  /** Who has it, or had it last. */
  readonly cluster?: ClusterName;
  /** Grows with every agent that takes it: a result of an earlier one does not count. */
  readonly take: number;
  readonly takenAt?: Instant;
  /** Nobody else gets it before. */
  readonly leaseUntil?: Instant;
  /** Agents that were lost while they had it. */
  readonly lost: number;
  readonly finishedAt?: Instant;
  /** Milliseconds. */
  readonly duration?: number;
  readonly exitCode?: number;
  /** What its end was, in words; empty before. */
  readonly message: string;
  readonly version: number;
}

/** A test that an agent's machine allows. */
export type AllowedTest = Pick<TestDefinition, 'name' | 'command'>;

export interface TestRuns {
  get(repository: RepositoryId, id: string): Promise<TestRun | undefined>;
  /** The newest of a subject. */
  newest(subject: string): Promise<TestRun | undefined>;
  /** Ordered or running in an environment, oldest first. */
  open(repository: RepositoryId, environment: EnvironmentName): Promise<readonly TestRun[]>;
  /** Newest first. */
  list(filter: { readonly repository: RepositoryId; readonly application?: ApplicationName; readonly environment?: EnvironmentName; readonly limit: number }): Promise<readonly TestRun[]>;
  /** Stores a new one, and forgets the oldest of this application and test there that are done and too many. @returns false when there is one of its subject and number. */
  order(run: TestRun): Promise<boolean>;
  /** Stores when the row still has `run.version`, which then grows by one. @returns whether it was stored. */
  save(run: TestRun, output?: string): Promise<boolean>;
  /** What it has written; empty before its end. */
  output(repository: RepositoryId, id: string): Promise<string | undefined>;
  /** Notes what a cluster's agent allows; undefined: it does not know tests. @returns whether that is something else than before. */
  announce(cluster: ClusterName, allowed: readonly AllowedTest[] | undefined): Promise<boolean>;
  /** What agents allow; those that do not know tests are not in it. */
  allowed(clusters: readonly ClusterName[]): Promise<ReadonlyMap<ClusterName, readonly AllowedTest[]>>;
}
