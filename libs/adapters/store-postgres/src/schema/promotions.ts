import type { ApplicationName, Digest, EnvironmentName, PersonName, PromotionId, RepositoryId } from '@sluice/kernel';
import type { PromotionState } from '@sluice/promotion';
import type { Approval } from '@sluice/usecases';
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core';
import { foreignTextColumn, jsonColumn, sluice, timestampColumn } from './columns.js';
import { deliveryColumns } from './delivery-columns.js';

/** Columns are what is searched for or guarded; the document holds the whole promotion. */
export const promotions = sluice.table(
  'promotions',
  {
    repository: text('repository').$type<RepositoryId>().notNull(),
    id: text('id').$type<PromotionId>().notNull(),
    application: text('application').$type<ApplicationName>().notNull(),
    target: text('target').$type<EnvironmentName>().notNull(),
    state: text('state').$type<PromotionState>().notNull(),
    createdAt: timestampColumn('created_at').notNull(),
    version: integer('version').notNull(),
    document: jsonColumn('document').notNull(),
    ...deliveryColumns,
  },
  (table) => [
    primaryKey({ columns: [table.repository, table.id] }),
    // Two open promotions in one lane are impossible, whatever two workers do.
    uniqueIndex('promotions_current').on(table.repository, table.application, table.target).where(sql`state in ('open', 'ready', 'merging')`),
    index('promotions_newest').on(table.createdAt, table.repository, table.id),
    index('promotions_lane').on(table.repository, table.target, table.application, table.createdAt),
    index('promotions_application').on(table.repository, table.application, table.createdAt),
    index('promotions_settled').on(table.repository, table.settledAt),
    index('promotions_live').on(table.repository, table.target, table.application, table.liveAt),
    // Those of several applications are found by any of them.
    index('promotions_members').using('gin', sql`(${table.document} -> 'candidate' -> 'members') jsonb_path_ops`),
  ],
);

export const lanes = sluice.table(
  'lanes',
  {
    repository: text('repository').$type<RepositoryId>().notNull(),
    target: text('target').$type<EnvironmentName>().notNull(),
    application: text('application').$type<ApplicationName>().notNull(),
    document: jsonColumn('document').notNull(),
  },
  (table) => [primaryKey({ columns: [table.repository, table.target, table.application] })],
);

export const approvals = sluice.table(
  'approvals',
  {
    repository: text('repository').$type<RepositoryId>().notNull(),
    digest: text('digest').$type<Digest>().notNull(),
    promotion: text('promotion').$type<PromotionId>().notNull(),
    person: text('person').$type<PersonName>().notNull(),
    decision: text('decision').$type<Approval['decision']>().notNull(),
    gate: text('gate'),
    comment: foreignTextColumn('comment').notNull(),
    door: text('door').$type<Approval['door']>().notNull(),
    at: timestampColumn('at').notNull(),
  },
  (table) => [unique('approvals_once').on(table.repository, table.digest, table.person, table.decision, table.gate).nullsNotDistinct(), index('approvals_promotion').on(table.repository, table.promotion)],
);
