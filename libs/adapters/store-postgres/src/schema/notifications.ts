import type { NotificationState } from '@sluice/usecases';
import { bigserial, index, integer, text } from 'drizzle-orm/pg-core';
import { foreignTextColumn, jsonColumn, sluice, timestampColumn } from './columns.js';

/** What people are to be told, and were. One row a key: what is heard twice is told once. */
export const notifications = sluice.table(
  'notifications',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    key: text('key').notNull().unique(),
    target: text('target').notNull(),
    state: text('state').$type<NotificationState>().notNull(),
    message: jsonColumn('message').notNull(),
    createdAt: timestampColumn('created_at').notNull(),
    dueAt: timestampColumn('due_at').notNull(),
    attempts: integer('attempts').notNull().default(0),
    lastError: foreignTextColumn('last_error'),
    endedAt: timestampColumn('ended_at'),
  },
  (table) => [index('notifications_due').on(table.state, table.dueAt), index('notifications_target').on(table.target, table.createdAt), index('notifications_age').on(table.createdAt)],
);

/** Webhooks: their addresses and secrets are sealed. */
export const notificationEndpoints = sluice.table('notification_endpoints', {
  name: text('name').primaryKey(),
  host: text('host').notNull(),
  sealed: text('sealed').notNull(),
  changedAt: timestampColumn('changed_at').notNull(),
});
