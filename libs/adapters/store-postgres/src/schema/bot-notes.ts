import { index, integer, text } from 'drizzle-orm/pg-core';
import { foreignTextColumn, sluice, timestampColumn } from './columns.js';

/** What bots keep here: which message tells of a promotion, whose a Slack account is, what was done already. */
export const botNotes = sluice.table(
  'bot_notes',
  {
    key: text('key').primaryKey(),
    value: foreignTextColumn('value').notNull(),
    version: integer('version').notNull(),
    expiresAt: timestampColumn('expires_at'),
  },
  (table) => [index('bot_notes_expiry').on(table.expiresAt)],
);
