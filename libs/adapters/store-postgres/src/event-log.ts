import type { DomainEvent, EventLog, StoredEvent } from '@sluice/usecases';
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { decode } from './documents/decode.js';
import { zDomainEvent } from './documents/event-document.js';
import { eventCursor, parseEventCursor, type EventPosition } from './event-cursor.js';
import type { Queries } from './open-transaction.js';
import { eventHorizon, events } from './schema/events.js';

type Slice = Awaited<ReturnType<EventLog['after']>>;

const START: EventPosition = { transaction: '0', seq: 0 };
const place = sql`(${events.transaction}, ${events.seq})`;
// Every transaction below has ended: nothing can appear there any more.
const isFinal = sql`${events.transaction} < pg_snapshot_xmin(pg_current_snapshot())`;

export class PostgresEventLog implements EventLog {
  constructor(private readonly database: Database) {}

  async append(...added: readonly DomainEvent[]): Promise<void> {
    if (added.length === 0) return;
    await this.database.query((queries) => queries.insert(events).values(added.map((document) => ({ document }))));
  }

  /** Without a cursor: from the oldest event that is kept. */
  async after(cursor: string | undefined, limit: number): Promise<Slice> {
    const known = cursor === undefined ? START : parseEventCursor(cursor);
    if (!known || (cursor !== undefined && (await this.#isLost(known)))) return this.#reset();
    const rows = await this.database.query((queries) => read(queries, known, limit));
    const found = rows.map(toEvent);
    return { events: found, reset: false, cursor: found.at(-1)?.cursor ?? cursor ?? eventCursor(START) };
  }

  // Behind the horizon events may be missing; above every transaction there is (a restored database counts anew) they would be waited for in vain.
  async #isLost(position: EventPosition): Promise<boolean> {
    const at = positionOf(position);
    const { rows } = await this.database.query((queries) =>
      queries.execute<{ lost: boolean }>(sql`
        select ${position.transaction}::xid8 >= pg_snapshot_xmax(pg_current_snapshot())
          or exists (select from ${eventHorizon} where ${at} < (${eventHorizon.transaction}, ${eventHorizon.seq})) as lost`),
    );
    return rows[0]?.lost ?? true;
  }

  async #reset(): Promise<Slice> {
    const [newest] = await this.database.query((queries) =>
      queries
        .select({ transaction: events.transaction, seq: events.seq })
        .from(events)
        .where(isFinal)
        .orderBy(sql`${events.transaction} desc, ${events.seq} desc`)
        .limit(1),
    );
    return { events: [], reset: true, cursor: eventCursor(newest ?? (await this.#horizon())) };
  }

  async #horizon(): Promise<EventPosition> {
    const { transaction, seq } = eventHorizon;
    const [row] = await this.database.query((queries) => queries.select({ transaction, seq }).from(eventHorizon).where(eq(eventHorizon.id, 1)));
    return row ?? START;
  }
}

function read(queries: Queries, after: EventPosition, limit: number) {
  return queries
    .select()
    .from(events)
    .where(and(sql`${place} > ${positionOf(after)}`, isFinal))
    .orderBy(asc(events.transaction), asc(events.seq))
    .limit(limit);
}

function positionOf({ transaction, seq }: EventPosition) {
  return sql`(${transaction}::xid8, ${seq}::bigint)`;
}

function toEvent(row: typeof events.$inferSelect): StoredEvent {
  return { ...decode(zDomainEvent, row.document, 'event'), cursor: eventCursor(row), at: row.at };
}
