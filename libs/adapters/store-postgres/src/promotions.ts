import { type ApplicationName, Conflict, type PromotionId, type RepositoryId } from '@sluice/kernel';
import type { LaneId, LaneStatus, Promotion, PromotionState } from '@sluice/promotion';
import type { LaneSubject, Page, PromotionFilter, Promotions } from '@sluice/usecases';
import { and, asc, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { Database } from './database.js';
import { decode } from './documents/decode.js';
import { zLaneDocument, zPromotionDocument } from './documents/promotion-document.js';
import { cursorOf, pastCursor } from './promotion-cursor.js';
import { lanes, promotions } from './schema/promotions.js';

const CURRENT = ['open', 'ready', 'merging'] as const;

export class PostgresPromotions implements Promotions {
  constructor(private readonly database: Database) {}

  async get(repository: RepositoryId, id: PromotionId): Promise<Promotion | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(promotions).where(isPromotion(repository, id)));
    return row && toPromotion(row);
  }

  async current(lane: LaneId): Promise<Promotion | undefined> {
    const isIn = and(eq(promotions.repository, lane.repository), eq(promotions.application, lane.application), eq(promotions.target, lane.target));
    const [row] = await this.database.query((queries) =>
      queries
        .select()
        .from(promotions)
        .where(and(isIn, inArray(promotions.state, CURRENT)))
        .limit(1),
    );
    return row && toPromotion(row);
  }

  /** @throws InvalidInput when the cursor is none of ours. */
  async list(filter: PromotionFilter): Promise<Page<Promotion>> {
    const rows = await this.database.query((queries) =>
      queries
        .select()
        .from(promotions)
        .where(and(...conditionsOf(filter)))
        .orderBy(desc(promotions.createdAt), desc(promotions.repository), desc(promotions.id))
        .limit(filter.limit + 1),
    );
    const shown = rows.slice(0, filter.limit);
    const last = shown.at(-1);
    return { items: shown.map(toPromotion), ...(last && rows.length > shown.length && { next: cursorOf(last) }) };
  }

  /** @throws Conflict when the lane has an open one already, or the id is taken. */
  async insert(promotion: Promotion): Promise<void> {
    const added = await this.database.query((queries) => queries.insert(promotions).values(toRow(promotion)).onConflictDoNothing().returning({ id: promotions.id }));
    if (added.length === 0) throw new Conflict('The lane has an open promotion already, or the id is taken: look again', { details: { promotion: promotion.id } });
  }

  async update(promotion: Promotion): Promise<Promotion> {
    const next = { ...promotion, version: promotion.version + 1 };
    const isSame = and(isPromotion(promotion.repository, promotion.id), eq(promotions.version, promotion.version));
    const updated = await this.database.query((queries) => queries.update(promotions).set(toRow(next)).where(isSame).returning({ id: promotions.id }));
    if (updated.length === 0) throw new Conflict('The promotion has moved on: look again', { details: { promotion: promotion.id } });
    return next;
  }

  async lane(lane: LaneId): Promise<LaneStatus | undefined> {
    const isSame = and(eq(lanes.repository, lane.repository), eq(lanes.target, lane.target), eq(lanes.application, lane.application));
    const [row] = await this.database.query((queries) => queries.select().from(lanes).where(isSame));
    return row && decode(zLaneDocument, row.document, 'lane');
  }

  async lanes(repository: RepositoryId): Promise<readonly LaneStatus[]> {
    const rows = await this.database.query((queries) =>
      queries.select().from(lanes).where(eq(lanes.repository, repository)).orderBy(asc(lanes.target), asc(lanes.application)),
    );
    return rows.map(({ document }) => decode(zLaneDocument, document, 'lane'));
  }

  async lanesAbout(repository: RepositoryId, about: LaneSubject): Promise<readonly LaneId[]> {
    const found = await this.database.query((queries) =>
      queries
        .select({ application: promotions.application, target: promotions.target })
        .from(promotions)
        .where(and(eq(promotions.repository, repository), inArray(promotions.state, CURRENT), isOpenAbout(about)))
        .union(
          queries
            .select({ application: lanes.application, target: lanes.target })
            .from(lanes)
            .where(and(eq(lanes.repository, repository), isDraftAbout(about))),
        ),
    );
    return found.map((lane) => ({ repository, ...lane }));
  }

  async lockLane(lane: LaneId): Promise<LaneStatus | undefined> {
    // by name, because a lane that was never looked at has no row to lock
    const name = `lane ${lane.repository}/${lane.target}/${lane.application}`;
    await this.database.query((queries) => queries.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`));
    return this.lane(lane);
  }

  async saveLane(status: LaneStatus): Promise<void> {
    const { repository, target, application } = status;
    await this.database.query((queries) =>
      queries
        .insert(lanes)
        .values({ repository, target, application, document: status })
        .onConflictDoUpdate({ target: [lanes.repository, lanes.target, lanes.application], set: { document: sql`excluded.document` } }),
    );
  }
}

function isPromotion(repository: RepositoryId, id: PromotionId) {
  return and(eq(promotions.repository, repository), eq(promotions.id, id));
}

function conditionsOf({ repository, application, target, states, cursor }: PromotionFilter): (SQL | undefined)[] {
  return [
    repository === undefined ? undefined : eq(promotions.repository, repository),
    application === undefined ? undefined : isAbout(application),
    target === undefined ? undefined : eq(promotions.target, target),
    states === undefined ? undefined : isOneOf(states),
    cursor === undefined ? undefined : pastCursor(cursor),
  ];
}

function isOpenAbout(about: LaneSubject): SQL {
  if ('source' in about) {
    const member = JSON.stringify([{ source: about.source }]);
    return sql`(${promotions.document} -> 'candidate' ->> 'source' = ${about.source} or ${promotions.document} -> 'candidate' -> 'members' @> ${member}::jsonb)`;
  }
  return sql`coalesce(${promotions.document} -> 'change' ->> 'number' = ${String(about.change)}, true)`;
}

function isDraftAbout(about: LaneSubject): SQL {
  if ('source' in about) return sql`${lanes.document} ->> 'candidate' = ${about.source}`;
  return sql`${lanes.document} -> 'draft' is not null and coalesce(${lanes.document} -> 'draft' -> 'change' ->> 'number' = ${String(about.change)}, true)`;
}

/** Its own, or one that was composed for several in the lane of another. */
function isAbout(application: ApplicationName): SQL {
  const member = JSON.stringify([{ application }]);
  return sql`(${promotions.application} = ${application} or ${promotions.document} -> 'candidate' -> 'members' @> ${member}::jsonb)`;
}

// No list asks for every state, an empty one for none.
function isOneOf(states: readonly PromotionState[]): SQL {
  return states.length > 0 ? inArray(promotions.state, [...states]) : sql`false`;
}

function toRow(promotion: Promotion): typeof promotions.$inferInsert {
  const { repository, id, application, target, state, createdAt, version } = promotion;
  return { repository, id, application, target, state, createdAt, version, document: promotion };
}

function toPromotion(row: { readonly document: unknown }): Promotion {
  return decode(zPromotionDocument, row.document, 'promotion');
}
