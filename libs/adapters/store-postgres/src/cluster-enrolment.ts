import type { ClusterName, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Cluster, JoinToken } from '@sluice/usecases';
import { and, eq, not, sql } from 'drizzle-orm';
import { toCluster } from './cluster-row.js';
import { databaseNow } from './database-time.js';
import type { Queries } from './open-transaction.js';
import { clusters, joinTokens, liveness } from './schema/fleet.js';

export type NewCluster = Omit<Cluster, 'publicKey' | 'enrolledAt' | 'revoked'>;
export type EnrolOutcome = Cluster | 'unknown' | 'expired' | 'used';

interface Enrolment {
  readonly secretHash: string;
  readonly publicKey: string;
  readonly cluster: (token: JoinToken, before: Cluster | undefined) => NewCluster;
}

/** Spends the token for the key. Runs in a transaction: the token's row stays locked until its end, so of two keys only one gets it. */
export async function enrol(queries: Queries, { secretHash, publicKey, cluster }: Enrolment): Promise<EnrolOutcome> {
  const token = await lockToken(queries, secretHash);
  if (!token) return 'unknown';
  if (token.isExpired) return 'expired';
  if (token.usedBy !== null && token.usedBy !== publicKey) return 'used';
  await queries.update(joinTokens).set({ usedBy: publicKey }).where(eq(joinTokens.secretHash, secretHash));
  const [before] = await queries.select().from(clusters).where(eq(clusters.name, token.cluster));
  return store(queries, cluster(tokenOf(token), before && toCluster(before)), publicKey);
}

async function lockToken(queries: Queries, secretHash: string) {
  const { cluster, repository, environment, expiresAt, usedBy, labels } = joinTokens;
  const isExpired = sql<boolean>`${expiresAt} <= clock_timestamp()`;
  const [row] = await queries.select({ cluster, repository, environment, expiresAt, usedBy, labels, isExpired }).from(joinTokens).where(eq(joinTokens.secretHash, secretHash)).for('update');
  return row;
}

function tokenOf({ cluster, repository, environment, expiresAt, labels }: Required<JoinToken>): JoinToken {
  return { cluster, repository, environment, expiresAt, labels };
}

/** A cluster that enrols again starts anew: its reports count from the beginning, and what it ran in another environment is forgotten. */
async function store(queries: Queries, cluster: NewCluster, publicKey: string): Promise<EnrolOutcome> {
  const { name, repository, environment, agentVersion, labels, floor = null, accepted = null } = cluster;
  const fields = { repository, environment, agentVersion, labels, floor, accepted, publicKey, revoked: false, enrolledAt: databaseNow, lastSeenAt: databaseNow };
  const anew = { ...fields, reportSequence: null, reportedAt: null, report: null };
  await forgetElsewhere(queries, { name, repository, environment });
  const [row] = await queries
    .insert(clusters)
    .values({ name, ...anew })
    .onConflictDoUpdate({ target: clusters.name, set: anew })
    .returning();
  return row ? toCluster(row) : 'unknown';
}

async function forgetElsewhere(queries: Queries, { name, repository, environment }: { readonly name: ClusterName; readonly repository: RepositoryId; readonly environment: EnvironmentName }): Promise<void> {
  const isHere = and(eq(liveness.repository, repository), eq(liveness.environment, environment));
  await queries.delete(liveness).where(and(eq(liveness.cluster, name), isHere && not(isHere)));
}
