import type { ApplicationName, EnvironmentName, PersonName, RepositoryId } from '@sluice/kernel';
import { bigserial, index, text } from 'drizzle-orm/pg-core';
import { foreignTextColumn, sluice, timestampColumn } from './columns.js';

/** What people have stopped, and who let it go on: kept, since git cannot say it. */
export const freezes = sluice.table(
  'freezes',
  {
    id: text('id').primaryKey(),
    sequence: bigserial('sequence', { mode: 'number' }).notNull(),
    repository: text('repository').$type<RepositoryId>().notNull(),
    environment: text('environment').$type<EnvironmentName>(),
    application: text('application').$type<ApplicationName>(),
    reason: foreignTextColumn('reason').notNull(),
    by: text('by').$type<PersonName>().notNull(),
    at: timestampColumn('at').notNull(),
    until: timestampColumn('until'),
    liftedBy: text('lifted_by').$type<PersonName>(),
    liftedAt: timestampColumn('lifted_at'),
  },
  (table) => [index('freezes_repository').on(table.repository, table.sequence)],
);
