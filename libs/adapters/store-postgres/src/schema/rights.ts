import type { ApplicationName, EnvironmentName, PersonName, RepositoryId } from '@sluice/kernel';
import type { Role } from '@sluice/pipeline';
import type { TemporaryRight } from '@sluice/usecases';
import { bigserial, index, text } from 'drizzle-orm/pg-core';
import { foreignTextColumn, sluice, timestampColumn } from './columns.js';

/** Roles that the server's settings give. */
export const roleBindings = sluice.table('role_bindings', {
  id: text('id').primaryKey(),
  sequence: bigserial('sequence', { mode: 'number' }).notNull(),
  role: text('role').$type<Role>().notNull(),
  /** `*`, `person:ada` or `group:sre`. */
  who: text('who').notNull(),
  repositories: text('repositories').notNull(),
  application: text('application').notNull(),
  environment: text('environment').notNull(),
  reason: foreignTextColumn('reason').notNull(),
  by: text('by').$type<PersonName>().notNull(),
  at: timestampColumn('at').notNull(),
});

/** Delegations and break-glass: kept after their end, since decisions made under them are explained by them. */
export const temporaryRights = sluice.table(
  'temporary_rights',
  {
    id: text('id').primaryKey(),
    sequence: bigserial('sequence', { mode: 'number' }).notNull(),
    kind: text('kind').$type<TemporaryRight['kind']>().notNull(),
    repository: text('repository').$type<RepositoryId>().notNull(),
    environment: text('environment').$type<EnvironmentName>(),
    application: text('application').$type<ApplicationName>(),
    giver: text('giver').$type<PersonName>(),
    person: text('person').$type<PersonName>().notNull(),
    reason: foreignTextColumn('reason').notNull(),
    at: timestampColumn('at').notNull(),
    until: timestampColumn('until').notNull(),
    endedAt: timestampColumn('ended_at'),
    endedBy: text('ended_by').$type<PersonName>(),
  },
  (table) => [index('temporary_rights_repository').on(table.repository, table.sequence)],
);
