import type { PersonName } from '@sluice/kernel';
import { foreignKey, index, primaryKey, text } from 'drizzle-orm/pg-core';
import { sluice, timestampColumn } from './columns.js';
import { people } from './configuration.js';
import { forgeCredentials, linkedAccounts } from './forges.js';

function personColumn() {
  return text('person')
    .$type<PersonName>()
    .notNull()
    .references(() => people.name, { onDelete: 'cascade' });
}

function credentialColumn() {
  return text('credential')
    .notNull()
    .references(() => forgeCredentials.name, { onDelete: 'cascade' });
}

/** `login` in small letters, as in the accounts that are linked; `shown` as the forge spells it. */
export const ownAccounts = sluice.table(
  'own_accounts',
  {
    person: personColumn(),
    url: text('url').notNull(),
    login: text('login').notNull(),
    shown: text('shown').notNull(),
    credential: credentialColumn(),
    how: text('how').$type<'token' | 'oauth'>().notNull(),
    sealed: text('sealed').notNull(),
    expiresAt: timestampColumn('expires_at'),
    since: timestampColumn('since').notNull(),
    unusableSince: timestampColumn('unusable_since'),
    unusableWhy: text('unusable_why'),
  },
  (table) => [
    primaryKey({ columns: [table.person, table.url] }),
    // a login that is nobody's any more is nobody's to write with
    foreignKey({ name: 'own_accounts_login', columns: [table.url, table.login], foreignColumns: [linkedAccounts.url, linkedAccounts.login] }).onDelete('cascade'),
    index('own_accounts_login').on(table.url, table.login),
    index('own_accounts_credential').on(table.credential),
  ],
);

export const oauthClients = sluice.table('oauth_clients', {
  credential: credentialColumn().primaryKey(),
  id: text('id').notNull(),
  sealed: text('sealed'),
});

export const pendingAuthorizations = sluice.table(
  'pending_authorizations',
  {
    state: text('state').primaryKey(),
    browser: text('browser').notNull(),
    person: personColumn(),
    credential: credentialColumn(),
    verifier: text('verifier').notNull(),
    expiresAt: timestampColumn('expires_at').notNull(),
  },
  (table) => [index('pending_authorizations_expiry').on(table.expiresAt)],
);
