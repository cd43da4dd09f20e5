import { present } from '@sluice/kernel';
import type { Outbox, OutboxEntry } from '@sluice/usecases';
import { asc, eq, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { outbox } from './schema/coordination.js';

const MAX_ERROR = 2_000;

export class PostgresOutbox implements Outbox {
  constructor(private readonly database: Database) {}

  async add(key: string, effects: readonly { readonly idempotencyKey: string; readonly effect: unknown }[]): Promise<void> {
    if (effects.length === 0) return;
    const rows = effects.map(({ idempotencyKey, effect }) => ({ key, idempotencyKey, effect }));
    await this.database.query((queries) => queries.insert(outbox).values(rows));
  }

  async pending(key: string, limit: number): Promise<readonly OutboxEntry[]> {
    const { id, idempotencyKey, effect, attempts, lastError } = outbox;
    const rows = await this.database.query((queries) =>
      queries.select({ id, key: outbox.key, idempotencyKey, effect, attempts, lastError }).from(outbox).where(eq(outbox.key, key)).orderBy(asc(outbox.id)).limit(limit),
    );
    return rows.map(({ lastError: error, ...entry }) => ({ ...entry, ...present({ lastError: error ?? undefined }) }));
  }

  async done(id: number): Promise<void> {
    await this.database.query((queries) => queries.delete(outbox).where(eq(outbox.id, id)));
  }

  async failed(id: number, message: string): Promise<void> {
    const change = { attempts: sql`${outbox.attempts} + 1`, lastError: message.slice(0, MAX_ERROR) };
    await this.database.query((queries) => queries.update(outbox).set(change).where(eq(outbox.id, id)));
  }
}
