import type { PersonName } from '@sluice/kernel';
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { sluice, timestampColumn } from './columns.js';
import { people } from './configuration.js';

function personColumn() {
  return text('person')
    .$type<PersonName>()
    .notNull()
    .references(() => people.name, { onDelete: 'cascade' });
}

export const identities = sluice.table(
  'identities',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    person: personColumn(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.subject] }), index('identities_person').on(table.person)],
);

export const pendingSignIns = sluice.table(
  'pending_sign_ins',
  {
    browserHash: text('browser_hash').primaryKey(),
    state: text('state').notNull(),
    nonce: text('nonce').notNull(),
    verifier: text('verifier').notNull(),
    next: text('next').notNull(),
    expiresAt: timestampColumn('expires_at').notNull(),
  },
  (table) => [index('pending_sign_ins_expiry').on(table.expiresAt)],
);

export const slackLinkCodes = sluice.table(
  'slack_link_codes',
  {
    person: personColumn().primaryKey(),
    codeHash: text('code_hash').notNull().unique(),
    expiresAt: timestampColumn('expires_at').notNull(),
  },
  (table) => [index('slack_link_codes_expiry').on(table.expiresAt)],
);

export const slackLinkTries = sluice.table(
  'slack_link_tries',
  {
    team: text('team').notNull(),
    slackUser: text('slack_user').notNull(),
    tries: integer('tries').notNull(),
    expiresAt: timestampColumn('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.team, table.slackUser] }), index('slack_link_tries_expiry').on(table.expiresAt)],
);

export const linkedSlackAccounts = sluice.table(
  'linked_slack_accounts',
  {
    team: text('team').notNull(),
    slackUser: text('slack_user').notNull(),
    person: personColumn(),
    linkedAt: timestampColumn('linked_at')
      .notNull()
      .default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.team, table.slackUser] }), index('linked_slack_accounts_person').on(table.person)],
);
