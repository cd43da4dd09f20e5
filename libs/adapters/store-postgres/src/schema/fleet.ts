import type { ApplicationName, ClusterName, CommitSha, EnvironmentName, Labels, RepositoryId } from '@sluice/kernel';
import { bigint, boolean, index, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { jsonColumn, sluice, timestampColumn } from './columns.js';

/** Checked wherever labels come in. */
function labelsColumn(name: string) {
  return jsonb(name).$type<Labels>();
}

export const joinTokens = sluice.table(
  'join_tokens',
  {
    secretHash: text('secret_hash').primaryKey(),
    cluster: text('cluster').$type<ClusterName>().notNull(),
    repository: text('repository').$type<RepositoryId>().notNull(),
    environment: text('environment').$type<EnvironmentName>().notNull(),
    expiresAt: timestampColumn('expires_at').notNull(),
    /** The public key that it was spent for. */
    usedBy: text('used_by'),
    labels: labelsColumn('labels').notNull().default({}),
  },
  (table) => [index('join_tokens_expiry').on(table.expiresAt)],
);

export const clusters = sluice.table(
  'clusters',
  {
    name: text('name').$type<ClusterName>().primaryKey(),
    repository: text('repository').$type<RepositoryId>().notNull(),
    environment: text('environment').$type<EnvironmentName>().notNull(),
    publicKey: text('public_key').notNull(),
    agentVersion: text('agent_version').notNull(),
    enrolledAt: timestampColumn('enrolled_at').notNull(),
    lastSeenAt: timestampColumn('last_seen_at'),
    revoked: boolean('revoked').notNull().default(false),
    floor: text('floor').$type<CommitSha>(),
    accepted: text('accepted').$type<CommitSha>(),
    reportSequence: bigint('report_sequence', { mode: 'number' }),
    reportedAt: timestampColumn('reported_at'),
    report: jsonColumn('report'),
    labels: labelsColumn('labels').notNull().default({}),
  },
  (table) => [index('clusters_environment').on(table.repository, table.environment)],
);

export const liveness = sluice.table(
  'liveness',
  {
    repository: text('repository').$type<RepositoryId>().notNull(),
    environment: text('environment').$type<EnvironmentName>().notNull(),
    application: text('application').$type<ApplicationName>().notNull(),
    cluster: text('cluster').$type<ClusterName>().notNull(),
    document: jsonColumn('document').notNull(),
  },
  (table) => [primaryKey({ columns: [table.repository, table.environment, table.application, table.cluster] })],
);
