import type { ApplicationName, ClusterName, CommitSha, EnvironmentName, Instant, Labels, RepositoryId } from '@sluice/kernel';

export type HealthStatus = 'Current' | 'InProgress' | 'Failed' | 'Unknown';

/** What an agent says about its cluster, as last accepted. */
export interface ClusterReport {
  /** Counts up in one agent's life; a report is applied once. */
  readonly sequence: number;
  /** The commit that is applied; absent before the first sync. */
  readonly commit?: CommitSha;
  readonly phase: 'syncing' | 'synced' | 'failed' | 'blocked';
  readonly message: string;
  readonly health: HealthStatus;
  /** Only what is not Current; bounded. `object`: of the file, where files hold several. */
  readonly resources: readonly { readonly path: string; readonly object?: string | undefined; readonly status: HealthStatus; readonly message: string }[];
  readonly drift: readonly { readonly path: string; readonly object?: string | undefined; readonly kind: 'modified' | 'missing' | 'foreign'; readonly reverted: boolean; readonly at: Instant }[];
  /** Hash over the report's content, made by the agent: both sides compare it after a gap. */
  readonly digest: string;
  readonly receivedAt: Instant;
}

export interface Cluster {
  readonly name: ClusterName;
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  /** Ed25519, base64url, 32 bytes. */
  readonly publicKey: string;
  readonly agentVersion: string;
  readonly enrolledAt: Instant;
  readonly lastSeenAt?: Instant;
  readonly revoked: boolean;
  /** What waves select clusters by. */
  readonly labels: Labels;
  /** The branch's head at enrolment: nothing older is applied. */
  readonly floor?: CommitSha;
  /** A commit that a person accepted although it does not descend from what was applied (force push). */
  readonly accepted?: CommitSha;
  readonly report?: ClusterReport;
}

/** How an application does in one cluster. */
export interface Liveness {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly application: ApplicationName;
  readonly cluster: ClusterName;
  /** Content head (position on the environment's branch) that the cluster runs. */
  readonly content: CommitSha;
  /** Newest position that touched content or `uses` as of what runs; the clock restarts when it moves. */
  readonly touched: number;
  readonly status: HealthStatus;
  /** Server time at which this content was first seen Current; kept through InProgress and Unknown, lost on Failed. */
  readonly healthySince?: Instant;
  readonly message: string;
}

export interface JoinToken {
  readonly cluster: ClusterName;
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly expiresAt: Instant;
  /** Those that its cluster gets. */
  readonly labels?: Labels;
}

export interface Clusters {
  addJoinToken(secretHash: string, token: JoinToken): Promise<void>;
  /**
   * Spends a join token for a key and stores the cluster. The same token with the same key works again until it expires.
   * `expired` and `used` (by another key) and `unknown` change nothing. `before`: the cluster of this name as it was.
   */
  enrol(secretHash: string, publicKey: string, cluster: (token: JoinToken, before: Cluster | undefined) => Omit<Cluster, 'publicKey' | 'enrolledAt' | 'revoked'>): Promise<Cluster | 'unknown' | 'expired' | 'used'>;
  get(name: ClusterName): Promise<Cluster | undefined>;
  list(filter?: { readonly repository?: RepositoryId; readonly environment?: EnvironmentName }): Promise<readonly Cluster[]>;
  revoke(name: ClusterName): Promise<void>;
  accept(name: ClusterName, commit: CommitSha): Promise<void>;
  /** Takes labels away by their keys, and sets others. */
  label(name: ClusterName, change: { readonly set: Labels; readonly remove: readonly string[] }): Promise<void>;
  /** Notes a sign of life, at most every few seconds. */
  seen(name: ClusterName, agentVersion: string): Promise<void>;
  /** Stores the report when its sequence is newer than the stored one. `receivedAt` is database time. @returns whether it was applied. */
  report(name: ClusterName, report: Omit<ClusterReport, 'receivedAt'>): Promise<boolean>;
  liveness(repository: RepositoryId, environment: EnvironmentName, application?: ApplicationName): Promise<readonly Liveness[]>;
  /** Of one cluster alone, in the environment that it is in. */
  livenessOf(cluster: Pick<Cluster, 'name' | 'repository' | 'environment'>): Promise<readonly Liveness[]>;
  saveLiveness(entries: readonly Liveness[]): Promise<void>;
  /** Like {@link Clusters.saveLiveness} for entries of one cluster, as long as its stored report is the one with this sequence: a newer one knows better. @returns whether it was. */
  saveLivenessOf(cluster: ClusterName, sequence: number, entries: readonly Liveness[]): Promise<boolean>;
}
