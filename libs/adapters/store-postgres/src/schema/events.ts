import { sql } from 'drizzle-orm';
import { bigint, bigserial, index, integer } from 'drizzle-orm/pg-core';
import { jsonColumn, sluice, timestampColumn, transactionColumn } from './columns.js';

export const events = sluice.table(
  'events',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    /** Sequence numbers are committed out of order; below the oldest running transaction, (transaction, sequence) is final. */
    transaction: transactionColumn('transaction')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    at: timestampColumn('at')
      .notNull()
      .default(sql`clock_timestamp()`),
    document: jsonColumn('document').notNull(),
  },
  (table) => [index('events_order').on(table.transaction, table.seq), index('events_age').on(table.at)],
);

/** One row: the newest event that has expired. */
export const eventHorizon = sluice.table('event_horizon', {
  id: integer('id').primaryKey(),
  transaction: transactionColumn('transaction').notNull(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
});
