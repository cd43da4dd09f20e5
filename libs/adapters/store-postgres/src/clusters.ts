import type { ApplicationName, ClusterName, CommitSha, EnvironmentName, Labels, RepositoryId } from '@sluice/kernel';
import type { Cluster, ClusterReport, Clusters, JoinToken, Liveness } from '@sluice/usecases';
import { and, asc, eq, isNull, lt, ne, or, sql, type SQL } from 'drizzle-orm';
import { enrol, type EnrolOutcome, type NewCluster } from './cluster-enrolment.js';
import { toCluster } from './cluster-row.js';
import type { Database } from './database.js';
import { databaseNow, fromNow } from './database-time.js';
import { decode } from './documents/decode.js';
import { zLivenessDocument } from './documents/fleet-document.js';
import { clusters, joinTokens, liveness } from './schema/fleet.js';

const SEEN_EVERY = 5_000;
const ROWS_A_STATEMENT = 1_000;

export class PostgresClusters implements Clusters {
  constructor(private readonly database: Database) {}

  async addJoinToken(secretHash: string, token: JoinToken): Promise<void> {
    await this.database.query((queries) => queries.insert(joinTokens).values({ secretHash, ...token }));
  }

  async enrol(secretHash: string, publicKey: string, cluster: (token: JoinToken, before: Cluster | undefined) => NewCluster): Promise<EnrolOutcome> {
    return this.database.transaction(() => this.database.query((queries) => enrol(queries, { secretHash, publicKey, cluster })));
  }

  async get(name: ClusterName): Promise<Cluster | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(clusters).where(eq(clusters.name, name)));
    return row && toCluster(row);
  }

  async list(filter: { readonly repository?: RepositoryId; readonly environment?: EnvironmentName } = {}): Promise<readonly Cluster[]> {
    const isIn = and(
      filter.repository === undefined ? undefined : eq(clusters.repository, filter.repository),
      filter.environment === undefined ? undefined : eq(clusters.environment, filter.environment),
    );
    const rows = await this.database.query((queries) => queries.select().from(clusters).where(isIn).orderBy(asc(clusters.name)));
    return rows.map(toCluster);
  }

  /** Its join tokens end, too: a revoked cluster comes back only with a new one. */
  async revoke(name: ClusterName): Promise<void> {
    await this.database.transaction(async () => {
      await this.database.query((queries) => queries.delete(joinTokens).where(eq(joinTokens.cluster, name)));
      await this.database.query((queries) => queries.update(clusters).set({ revoked: true }).where(eq(clusters.name, name)));
    });
  }

  async accept(name: ClusterName, commit: CommitSha): Promise<void> {
    await this.database.query((queries) => queries.update(clusters).set({ accepted: commit }).where(eq(clusters.name, name)));
  }

  /** In one statement: two changes at once both count. */
  async label(name: ClusterName, { set, remove }: { readonly set: Labels; readonly remove: readonly string[] }): Promise<void> {
    const kept = remove.reduce<SQL>((left, key) => sql`(${left} - ${key}::text)`, sql`${clusters.labels}`);
    await this.database.query((queries) =>
      queries
        .update(clusters)
        .set({ labels: sql`${kept} || ${JSON.stringify(set)}::jsonb` })
        .where(eq(clusters.name, name)),
    );
  }

  async seen(name: ClusterName, agentVersion: string): Promise<void> {
    const isNews = or(isNull(clusters.lastSeenAt), lt(clusters.lastSeenAt, fromNow(-SEEN_EVERY)), ne(clusters.agentVersion, agentVersion));
    await this.database.query((queries) =>
      queries
        .update(clusters)
        .set({ agentVersion, lastSeenAt: databaseNow })
        .where(and(eq(clusters.name, name), isNews)),
    );
  }

  async report(name: ClusterName, report: Omit<ClusterReport, 'receivedAt'>): Promise<boolean> {
    const isNewer = or(isNull(clusters.reportSequence), lt(clusters.reportSequence, report.sequence));
    const change = { report, reportSequence: report.sequence, reportedAt: databaseNow, lastSeenAt: databaseNow };
    const applied = await this.database.query((queries) =>
      queries
        .update(clusters)
        .set(change)
        .where(and(eq(clusters.name, name), eq(clusters.revoked, false), isNewer))
        .returning({ name: clusters.name }),
    );
    return applied.length === 1;
  }

  async liveness(repository: RepositoryId, environment: EnvironmentName, application?: ApplicationName): Promise<readonly Liveness[]> {
    return this.#livenessWhere(repository, environment, application === undefined ? undefined : eq(liveness.application, application));
  }

  async livenessOf({ name, repository, environment }: Pick<Cluster, 'name' | 'repository' | 'environment'>): Promise<readonly Liveness[]> {
    return this.#livenessWhere(repository, environment, eq(liveness.cluster, name));
  }

  async #livenessWhere(repository: RepositoryId, environment: EnvironmentName, isWanted: SQL | undefined): Promise<readonly Liveness[]> {
    const rows = await this.database.query((queries) =>
      queries
        .select()
        .from(liveness)
        .where(and(eq(liveness.repository, repository), eq(liveness.environment, environment), isWanted))
        .orderBy(asc(liveness.application), asc(liveness.cluster)),
    );
    return rows.map(({ document }) => decode(zLivenessDocument, document, 'liveness'));
  }

  async saveLiveness(entries: readonly Liveness[]): Promise<void> {
    // One row each, the last one counts, and in one order: two writers cannot wait for each other.
    const byKey = new Map(entries.map((entry) => [[entry.repository, entry.environment, entry.application, entry.cluster].join('/'), entry]));
    const rows = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => livenessRow(entry));
    await this.database.transaction(async () => {
      for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) await this.#upsertLiveness(rows.slice(start, start + ROWS_A_STATEMENT));
    });
  }

  async saveLivenessOf(cluster: ClusterName, sequence: number, entries: readonly Liveness[]): Promise<boolean> {
    return this.database.transaction(async () => {
      const isHeld = and(eq(clusters.name, cluster), eq(clusters.reportSequence, sequence));
      // locked, so that a report that comes now is settled after this
      const rows = await this.database.query((queries) => queries.select({ name: clusters.name }).from(clusters).where(isHeld).for('share'));
      if (rows.length > 0) await this.saveLiveness(entries);
      return rows.length > 0;
    });
  }

  async #upsertLiveness(rows: (typeof liveness.$inferInsert)[]): Promise<void> {
    const target = [liveness.repository, liveness.environment, liveness.application, liveness.cluster];
    await this.database.query((queries) => queries.insert(liveness).values(rows).onConflictDoUpdate({ target, set: { document: sql`excluded.document` } }));
  }
}

function livenessRow(entry: Liveness): typeof liveness.$inferInsert {
  const { repository, environment, application, cluster } = entry;
  return { repository, environment, application, cluster, document: entry };
}
