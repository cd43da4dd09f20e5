import type { CommitSha, PersonName, RepositoryId } from '@sluice/kernel';
import type { RemoteForgeKind } from '@sluice/usecases';
import { sql } from 'drizzle-orm';
import { index, primaryKey, text } from 'drizzle-orm/pg-core';
import { timestampColumn, sluice } from './columns.js';
import { people } from './configuration.js';

export const forgeCredentials = sluice.table('forge_credentials', {
  name: text('name').primaryKey(),
  kind: text('kind').$type<RemoteForgeKind>().notNull(),
  url: text('url').notNull(),
  sealed: text('sealed').notNull(),
  changedAt: timestampColumn('changed_at').notNull(),
});

/** What is remembered of forges: answers and their ETags, until when they do not want to be asked. */
export const forgeMemory = sluice.table(
  'forge_memory',
  {
    credential: text('credential').notNull(),
    key: text('key').notNull(),
    value: text('value').notNull(),
    writtenAt: timestampColumn('written_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.credential, table.key] }), index('forge_memory_age').on(table.writtenAt)],
);

/** `login` in small letters; `shown` as the forge spells it. */
export const linkedAccounts = sluice.table(
  'linked_accounts',
  {
    url: text('url').notNull(),
    login: text('login').notNull(),
    shown: text('shown').notNull(),
    person: text('person')
      .$type<PersonName>()
      .notNull()
      .references(() => people.name, { onDelete: 'cascade' }),
  },
  (table) => [primaryKey({ columns: [table.url, table.login] })],
);

export const pushes = sluice.table(
  'pushes',
  {
    repository: text('repository').$type<RepositoryId>().notNull(),
    commit: text('commit').$type<CommitSha>().notNull(),
    pushedBy: text('pushed_by').notNull(),
  },
  (table) => [primaryKey({ columns: [table.repository, table.commit] })],
);
