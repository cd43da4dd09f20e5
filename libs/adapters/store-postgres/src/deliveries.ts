import { type ApplicationName, instant, type Instant, type PromotionId, type RepositoryId } from '@sluice/kernel';
import type { DeliveryFact, DirectFact } from '@sluice/metrics';
import { changedMembersOf } from '@sluice/promotion';
import type { Deliveries, DeliveryFilter } from '@sluice/usecases';
import { and, desc, eq, gt, gte, inArray, isNotNull, lt, max, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database } from './database.js';
import { changesOf, type BroughtRow } from './delivery-changes.js';
import { decode } from './documents/decode.js';
import { zApplications } from './documents/fields.js';
import { environmentCommits } from './schema/environments.js';
import { promotions } from './schema/promotions.js';

const BRINGING = ['change', 'adopt'] as const;
const undoing = alias(promotions, 'undoing');
const newer = alias(promotions, 'newer');

/** Reads no document: the database keeps what is asked for in columns of its own. */
export class PostgresDeliveries implements Deliveries {
  constructor(private readonly database: Database) {}

  async facts(filter: DeliveryFilter): Promise<readonly DeliveryFact[]> {
    const [settled, brought] = await Promise.all([this.#settled(filter), this.#brought(filter)]);
    const changes = byPromotion(brought);
    return settled.map((row) => toFact(row, changes.get(row.id) ?? []));
  }

  async direct({ repository, period, environment, application, limit }: Omit<DeliveryFilter, 'origins'>): Promise<readonly DirectFact[]> {
    const commits = environmentCommits;
    const conditions = [
      eq(commits.repository, repository),
      eq(commits.origin, 'direct'),
      gte(commits.committedAt, period.from),
      lt(commits.committedAt, period.to),
      // a branch has to begin somehow
      gt(commits.position, 1),
      sql`${commits.content} <> '[]'::jsonb`,
      ...(environment === undefined ? [] : [eq(commits.environment, environment)]),
      ...(application === undefined ? [] : [sql`${commits.content} ? ${application}`]),
    ];
    const rows = await this.database.query((queries) => queries.select({ environment: commits.environment, at: commits.committedAt, content: commits.content }).from(commits).where(and(...conditions)).limit(limit));
    return rows.map(({ content, ...row }) => ({ ...row, applications: decode(zApplications, content, 'commit') }));
  }

  async restoredAt(repository: RepositoryId): Promise<Instant | undefined> {
    const [row] = await this.database.query((queries) => queries.select({ at: max(promotions.restoredAt) }).from(promotions).where(eq(promotions.repository, repository)));
    return row?.at === null || row?.at === undefined ? undefined : instant(Number(row.at));
  }

  /** Not compiled: the planner takes it for far dearer than it is, and would compile for a second what runs in a fraction of one. */
  #brought(filter: DeliveryFilter): Promise<readonly BroughtRow[]> {
    return this.database.transaction(async () => {
      await this.database.query((queries) => queries.execute(sql`set local jit = off`));
      return (await this.database.query((queries) => queries.execute<BroughtRow>(changesOf(filter)))).rows;
    });
  }

  async #settled({ repository, period, environment, application, limit }: DeliveryFilter): Promise<readonly SettledRow[]> {
    const { id, target, application: lane, state, members, mergedAt, liveAt, degradedAt, undoneAt, undoneBy, revertedAt, mendedAt, restoredAt } = promotions;
    const conditions = [
      eq(promotions.repository, repository),
      gte(promotions.settledAt, period.from),
      lt(promotions.settledAt, period.to),
      isNotNull(mergedAt),
      inArray(promotions.kind, [...BRINGING]),
      ...(environment === undefined ? [] : [eq(target, environment)]),
      ...(application === undefined ? [] : [sql`(${lane} = ${application} or ${members} @> ${JSON.stringify([{ application }])}::jsonb)`]),
    ];
    return this.database.query((queries) =>
      queries
        .select({ id, target, lane, state, members, mergedAt, liveAt, degradedAt, undoneAt, undoneBy, revertedAt, mendedAt, restoredAt, undoing: { createdAt: undoing.createdAt, liveAt: undoing.liveAt }, wentWithNewer: wentWithNewer() })
        .from(promotions)
        .leftJoin(undoing, and(eq(undoing.repository, promotions.repository), eq(undoing.id, undoneBy)))
        .where(and(...conditions))
        .orderBy(desc(promotions.settledAt))
        .limit(limit),
    );
  }
}

function wentWithNewer(): SQL<boolean> {
  const isSameLane = sql`${newer.repository} = ${promotions.repository} and ${newer.target} = ${promotions.target} and ${newer.application} = ${promotions.application}`;
  return sql<boolean>`exists (select from ${promotions} ${sql.identifier('newer')} where ${isSameLane} and ${newer.liveAt} = ${promotions.liveAt} and ${newer.kind} in ('change', 'adopt') and (${newer.mergedAt}, ${newer.id}) > (${promotions.mergedAt}, ${promotions.id}))`;
}

type Taken = Pick<typeof promotions.$inferSelect, 'id' | 'target' | 'state' | 'members' | 'mergedAt' | 'liveAt' | 'degradedAt' | 'undoneAt' | 'undoneBy' | 'revertedAt' | 'mendedAt' | 'restoredAt'>;
type SettledRow = Taken & { readonly lane: ApplicationName; readonly undoing: { readonly createdAt: Instant; readonly liveAt: Instant | null } | null; readonly wentWithNewer: boolean };

function toFact(row: SettledRow, changes: DeliveryFact['changes']): DeliveryFact {
  const { id, target, lane, state, members, undoing: by, undoneBy, wentWithNewer: went } = row;
  const { mergedAt, liveAt, degradedAt, undoneAt, revertedAt, mendedAt, restoredAt } = row;
  return {
    promotion: id,
    environment: target,
    applications: changedMembersOf({ application: lane, candidate: members ? { members } : {} }),
    mergedAt: instant(Number(mergedAt)),
    ...known({ liveAt, degradedAt, undoneAt, revertedAt, mendedAt }),
    isUndone: state === 'rolled-back',
    ...(by && undoneBy !== null && { undoneBy: { promotion: undoneBy, createdAt: by.createdAt, ...known({ liveAt: by.liveAt }) } }),
    wentWithNewer: went,
    isRestored: restoredAt !== null,
    changes,
  };
}

/** Fields that the database has nothing for are absent. */
function known<T extends Readonly<Record<string, Instant | null>>>(fields: T): { readonly [Key in keyof T]?: Instant } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as { readonly [Key in keyof T]?: Instant };
}

function byPromotion(rows: readonly BroughtRow[]): ReadonlyMap<PromotionId, DeliveryFact['changes']> {
  const found = new Map<PromotionId, DeliveryFact['changes'][number][]>();
  for (const { id, application, committed } of rows) {
    const change = { application, committedAt: committed?.map((at) => instant(Math.round(at))) ?? ('unknown' as const) };
    const others = found.get(id);
    if (others) others.push(change);
    else found.set(id, [change]);
  }
  return found;
}
