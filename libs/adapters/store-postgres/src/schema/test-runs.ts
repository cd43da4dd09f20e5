import type { ApplicationName, ClusterName, EnvironmentName, RepositoryId } from '@sluice/kernel';
import { bigserial, index, integer, text, unique } from 'drizzle-orm/pg-core';
import { foreignTextColumn, jsonColumn, sluice } from './columns.js';

/** Runs of tests, within bounds: the oldest of an application and test are forgotten. */
export const testRuns = sluice.table(
  'test_runs',
  {
    id: text('id').notNull(),
    sequence: bigserial('sequence', { mode: 'number' }).primaryKey(),
    repository: text('repository').$type<RepositoryId>().notNull(),
    environment: text('environment').$type<EnvironmentName>().notNull(),
    application: text('application').$type<ApplicationName>().notNull(),
    test: text('test').notNull(),
    subject: text('subject').notNull(),
    number: integer('number').notNull(),
    state: text('state').notNull(),
    version: integer('version').notNull(),
    document: jsonColumn('document').notNull(),
    output: foreignTextColumn('output'),
  },
  (table) => [
    unique('test_runs_id').on(table.repository, table.id),
    unique('test_runs_subject').on(table.subject, table.number),
    index('test_runs_place').on(table.repository, table.environment, table.application, table.test, table.sequence),
    index('test_runs_state').on(table.repository, table.environment, table.state),
  ],
);

/** What the machines of agents allow; an agent without a row does not know tests. */
export const agentTests = sluice.table('agent_tests', {
  cluster: text('cluster').$type<ClusterName>().primaryKey(),
  allowed: jsonColumn('allowed').notNull(),
});
