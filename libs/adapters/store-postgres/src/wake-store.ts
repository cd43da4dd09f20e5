import type { Instant } from '@sluice/kernel';
import { wakeKey, type WakeStore, type WakeTarget } from '@sluice/usecases';
import { and, asc, eq, gt, inArray, lt, lte, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { databaseNow, fromNow } from './database-time.js';
import { decode } from './documents/decode.js';
import { zWakeTarget } from './documents/wake-document.js';
import { timers, wakes } from './schema/coordination.js';

const ROWS_A_STATEMENT = 1_000;
/** Milliseconds for which a job that was asked for is believed to be there. */
const JOB_WITHIN = 2_000;

export class PostgresWakeStore implements WakeStore {
  constructor(private readonly database: Database) {}

  async raise(targets: readonly WakeTarget[]): Promise<readonly WakeTarget[]> {
    // One row each, and in one order: two that raise the same targets cannot wait for each other.
    const byKey = new Map(targets.map((target) => [wakeKey(target), target]));
    const rows = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, target]) => ({ key, target }));
    const idle = new Set<string>();
    for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) for (const key of await this.#upsert(rows.slice(start, start + ROWS_A_STATEMENT))) idle.add(key);
    return rows.filter(({ key }) => idle.has(key)).map(({ target }) => target);
  }

  async pending(key: string): Promise<{ readonly target: WakeTarget; readonly revision: number } | undefined> {
    const { target, revision } = wakes;
    const isUnsettled = gt(wakes.revision, wakes.settled);
    const [row] = await this.database.query((queries) => queries.select({ target, revision }).from(wakes).where(and(eq(wakes.key, key), isUnsettled)));
    return row && { target: decode(zWakeTarget, row.target, 'wake'), revision: row.revision };
  }

  async settle(key: string, revision: number): Promise<boolean> {
    // What is left after this run was raised while it ran: its wait begins now.
    const change = { settled: sql`greatest(${wakes.settled}, ${revision}::bigint)`, raisedAt: databaseNow };
    const [row] = await this.database.query((queries) =>
      queries
        .update(wakes)
        .set(change)
        .where(eq(wakes.key, key))
        .returning({ hasMoved: sql<boolean>`${wakes.revision} > ${wakes.settled}` }),
    );
    return row?.hasMoved ?? false;
  }

  async setTimer(id: string, target: WakeTarget, at: Instant): Promise<void> {
    await this.database.query((queries) =>
      queries
        .insert(timers)
        .values({ id, target, at })
        .onConflictDoUpdate({ target: timers.id, set: { target: sql`excluded.target`, at: sql`excluded.at` } }),
    );
  }

  async fireDue(limit: number): Promise<readonly WakeTarget[]> {
    return this.database.transaction(async () => {
      const fired = await this.#takeDue(limit);
      await this.raise(fired);
      return fired;
    });
  }

  async nextDue(): Promise<number | undefined> {
    const left = sql<string | number | null>`extract(epoch from min(${timers.at}) - clock_timestamp()) * 1000`;
    const [row] = await this.database.query((queries) => queries.select({ left }).from(timers));
    return row?.left == null ? undefined : Number(row.left);
  }

  async overdue(olderThan: number, limit: number): Promise<readonly WakeTarget[]> {
    const isOverdue = and(gt(wakes.revision, wakes.settled), lt(wakes.raisedAt, fromNow(-olderThan)));
    const rows = await this.database.query((queries) => queries.select({ target: wakes.target }).from(wakes).where(isOverdue).orderBy(asc(wakes.raisedAt)).limit(limit));
    return rows.map(({ target }) => decode(zWakeTarget, target, 'wake'));
  }

  // A worker leaves the timers that another is just firing.
  async #takeDue(limit: number): Promise<WakeTarget[]> {
    return this.database.query(async (queries) => {
      const due = queries.select({ id: timers.id }).from(timers).where(lte(timers.at, databaseNow)).orderBy(asc(timers.at)).limit(limit).for('update', { skipLocked: true });
      const rows = await queries.delete(timers).where(inArray(timers.id, due)).returning({ target: timers.target });
      return rows.map(({ target }) => decode(zWakeTarget, target, 'timer'));
    });
  }

  /** @returns the keys of those that were settled, or whose job does not seem to come. */
  async #upsert(targets: readonly { readonly key: string; readonly target: WakeTarget }[]): Promise<readonly string[]> {
    const rows = targets.map((row) => ({ ...row, revision: 1, settled: 0, raisedAt: databaseNow }));
    const isSettled = sql`${wakes.revision} <= ${wakes.settled}`;
    const change = { revision: sql`${wakes.revision} + 1`, raisedAt: sql`case when ${isSettled} then clock_timestamp() else ${wakes.raisedAt} end` };
    const isIdle = sql<boolean>`${wakes.revision} <= ${wakes.settled} + 1 or ${wakes.raisedAt} < ${fromNow(-JOB_WITHIN)}`;
    const raised = await this.database.query((queries) => queries.insert(wakes).values(rows).onConflictDoUpdate({ target: wakes.key, set: change }).returning({ key: wakes.key, isIdle }));
    return raised.filter((row) => row.isIdle).map(({ key }) => key);
  }
}
