import type { EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { StoredRollout } from '@sluice/usecases';
import { integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { jsonColumn, sluice } from './columns.js';

/** The newest rollout of each environment with waves. */
export const rollouts = sluice.table(
  'rollouts',
  {
    repository: text('repository').$type<RepositoryId>().notNull(),
    environment: text('environment').$type<EnvironmentName>().notNull(),
    state: text('state').$type<StoredRollout['state']>().notNull(),
    version: integer('version').notNull(),
    document: jsonColumn('document').notNull(),
  },
  (table) => [primaryKey({ columns: [table.repository, table.environment] })],
);
