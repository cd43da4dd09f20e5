import { sql } from 'drizzle-orm';
import { bigint, bigserial, index, integer, text } from 'drizzle-orm/pg-core';
import { foreignTextColumn, jsonColumn, sluice, timestampColumn } from './columns.js';

/** One sequence for all leases: a fence grows even after its row has expired. */
export const leaseFence = sluice.sequence('lease_fence');

export const leases = sluice.table('leases', {
  key: text('key').primaryKey(),
  holder: text('holder').notNull(),
  fence: bigint('fence', { mode: 'number' }).notNull(),
  expiresAt: timestampColumn('expires_at').notNull(),
});

export const wakes = sluice.table(
  'wakes',
  {
    key: text('key').primaryKey(),
    target: jsonColumn('target').notNull(),
    /** Grows with every wake. */
    revision: bigint('revision', { mode: 'number' }).notNull(),
    /** The revision that the last finished run had seen. */
    settled: bigint('settled', { mode: 'number' }).notNull(),
    /** Since when there is something that no run has seen. */
    raisedAt: timestampColumn('raised_at').notNull(),
  },
  (table) => [index('wakes_unsettled').on(table.raisedAt).where(sql`revision > settled`)],
);

export const timers = sluice.table(
  'timers',
  {
    id: text('id').primaryKey(),
    target: jsonColumn('target').notNull(),
    at: timestampColumn('at').notNull(),
  },
  (table) => [index('timers_due').on(table.at)],
);

export const outbox = sluice.table(
  'outbox',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    key: text('key').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    effect: jsonColumn('effect').notNull(),
    attempts: integer('attempts').notNull().default(0),
    lastError: foreignTextColumn('last_error'),
    createdAt: timestampColumn('created_at')
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [index('outbox_key').on(table.key, table.id), index('outbox_age').on(table.createdAt)],
);
