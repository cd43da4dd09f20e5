import { bigint, index, integer, text } from 'drizzle-orm/pg-core';
import { sluice, timestampColumn } from './columns.js';

/** The chain. Its migration makes triggers that link each row to the one before and refuse every change, and every removal but of what a checkpoint stands for. */
export const auditEntries = sluice.table(
  'audit_entries',
  {
    sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
    previous: text('previous').notNull(),
    content: text('content').notNull(),
    hash: text('hash').notNull(),
    /** Canonical JSON, exactly as it was hashed. */
    entry: text('entry').notNull(),
    /** What entries are found by; said in the entry as well. */
    at: timestampColumn('at').notNull(),
    person: text('person').notNull(),
    repository: text('repository'),
    action: text('action').notNull(),
  },
  (table) => [index('audit_age').on(table.at), index('audit_person').on(table.person, table.sequence), index('audit_repository').on(table.repository, table.sequence), index('audit_action').on(table.action, table.sequence)],
);

/** One row: the end of the chain. Whoever appends locks it until the commit, so that sequence numbers have no gaps. */
export const auditEnd = sluice.table('audit_end', {
  id: integer('id').primaryKey(),
  sequence: bigint('sequence', { mode: 'number' }).notNull(),
  hash: text('hash').notNull(),
});

/** Signed ends. */
export const auditHeads = sluice.table('audit_heads', signedHead());

/** Signed places up to which entries were removed. */
export const auditCheckpoints = sluice.table('audit_checkpoints', signedHead());

function signedHead() {
  return {
    sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
    hash: text('hash').notNull(),
    at: timestampColumn('at').notNull(),
    key: text('key').notNull(),
    signature: text('signature').notNull(),
  };
}
