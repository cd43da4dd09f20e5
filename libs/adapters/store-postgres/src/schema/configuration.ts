import type { PersonName, RepositoryId } from '@sluice/kernel';
import type { Credential, Repository } from '@sluice/usecases';
import { sql } from 'drizzle-orm';
import { boolean, index, integer, text, type AnyPgColumn } from 'drizzle-orm/pg-core';
import { jsonColumn, sluice, timestampColumn } from './columns.js';

export const repositories = sluice.table('repositories', {
  id: text('id').$type<RepositoryId>().primaryKey(),
  forge: text('forge').$type<Repository['forge']>().notNull(),
  configBranch: text('config_branch').notNull(),
  remote: jsonColumn('remote'),
  createdAt: timestampColumn('created_at').notNull(),
});

export const pipelines = sluice.table('pipelines', {
  repository: text('repository').$type<RepositoryId>().primaryKey(),
  document: jsonColumn('document').notNull(),
});

export const settings = sluice.table('settings', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
});

export const people = sluice.table('people', {
  name: text('name').$type<PersonName>().primaryKey(),
  displayName: text('display_name').notNull(),
  emails: jsonColumn('emails').notNull(),
  groups: jsonColumn('groups').notNull(),
  admin: boolean('admin').notNull(),
  /** What a provider of identities says beside it. */
  claimed: jsonColumn('claimed'),
  service: boolean('service').notNull().default(false),
  /** Since when, by whom and why; null: they take part. */
  deactivated: jsonColumn('deactivated'),
});

export const credentials = sluice.table(
  'credentials',
  {
    secretHash: text('secret_hash').primaryKey(),
    id: text('id').notNull().unique(),
    kind: text('kind').$type<Credential['kind']>().notNull(),
    person: text('person')
      .$type<PersonName>()
      .notNull()
      .references(() => people.name, { onDelete: 'cascade' }),
    label: text('label').notNull(),
    expiresAt: timestampColumn('expires_at'),
    /** Null: all that the person may, everywhere. */
    scopes: jsonColumn('scopes'),
    repositories: jsonColumn('repositories'),
    environments: jsonColumn('environments'),
    applications: jsonColumn('applications'),
    /** Milliseconds. */
    idle: integer('idle'),
    /** The token that it was made with, whose end is its own. */
    madeWith: text('made_with').references((): AnyPgColumn => credentials.id, { onDelete: 'cascade' }),
    createdAt: timestampColumn('created_at')
      .notNull()
      .default(sql`now()`),
    usedAt: timestampColumn('used_at'),
  },
  (table) => [index('credentials_expiry').on(table.expiresAt), index('credentials_person').on(table.person), index('credentials_made_with').on(table.madeWith)],
);
