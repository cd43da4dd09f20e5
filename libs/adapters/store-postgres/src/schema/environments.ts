import type { ApplicationName, CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { EnvironmentCommit } from '@sluice/usecases';
import { sql } from 'drizzle-orm';
import { boolean, index, integer, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { foreignTextColumn, jsonColumn, sluice, timestampColumn } from './columns.js';

export const environments = sluice.table(
  'environments',
  {
    repository: text('repository').$type<RepositoryId>().notNull(),
    environment: text('environment').$type<EnvironmentName>().notNull(),
    document: jsonColumn('document').notNull(),
  },
  (table) => [primaryKey({ columns: [table.repository, table.environment] })],
);

export const environmentCommits = sluice.table(
  'environment_commits',
  {
    repository: text('repository').$type<RepositoryId>().notNull(),
    environment: text('environment').$type<EnvironmentName>().notNull(),
    position: integer('position').notNull(),
    commit: text('commit').$type<CommitSha>().notNull(),
    subject: foreignTextColumn('subject').notNull(),
    author: foreignTextColumn('author').notNull(),
    committedAt: timestampColumn('committed_at').notNull(),
    content: jsonColumn('content').notNull(),
    uses: jsonColumn('uses').notNull(),
    origin: text('origin').$type<EnvironmentCommit['origin']>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.repository, table.environment, table.position] }),
    // The commit first: the planner must not take it for a way to an environment's commits.
    uniqueIndex('environment_commits_commit').on(table.commit, table.repository, table.environment),
  ],
);

/** Which ledgers a commit wrote, by application: the newest says where the content came from. */
export const environmentLedgers = sluice.table(
  'environment_ledgers',
  {
    repository: text('repository').$type<RepositoryId>().notNull(),
    environment: text('environment').$type<EnvironmentName>().notNull(),
    application: text('application').$type<ApplicationName>().notNull(),
    position: integer('position').notNull(),
    /** Both null: the ledger went, or does not say what is there. */
    origin: text('origin').$type<CommitSha>(),
    source: text('source').$type<CommitSha>(),
  },
  (table) => [primaryKey({ columns: [table.repository, table.environment, table.application, table.position] })],
);

/** Which applications a commit touched, by application: "newest at or below a position" is one step in an index. */
export const environmentTouches = sluice.table(
  'environment_touches',
  {
    repository: text('repository').$type<RepositoryId>().notNull(),
    environment: text('environment').$type<EnvironmentName>().notNull(),
    application: text('application').$type<ApplicationName>().notNull(),
    position: integer('position').notNull(),
    /** False: only files that the application uses. */
    content: boolean('content').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.repository, table.environment, table.application, table.position] }),
    index('environment_touches_content').on(table.repository, table.environment, table.application, table.position).where(sql`content`),
  ],
);
