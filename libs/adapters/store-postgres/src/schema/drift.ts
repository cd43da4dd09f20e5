import type { ClusterName } from '@sluice/kernel';
import { bigint, text } from 'drizzle-orm/pg-core';
import { jsonColumn, sluice } from './columns.js';

/** What differs in the places whose drift a cluster's newest report names. */
export const drift = sluice.table('drift', {
  cluster: text('cluster').$type<ClusterName>().primaryKey(),
  sequence: bigint('sequence', { mode: 'number' }).notNull(),
  places: jsonColumn('places').notNull(),
});
