import type { BotNote, BotNotes, PutNote } from '@sluice/usecases';
import { and, asc, eq, gt, gte, isNull, lte, or, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { databaseNow, fromNow } from './database-time.js';
import { botNotes } from './schema/bot-notes.js';

const isThere = or(isNull(botNotes.expiresAt), gt(botNotes.expiresAt, databaseNow));

export class PostgresBotNotes implements BotNotes {
  constructor(private readonly database: Database) {}

  async get(key: string): Promise<BotNote | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(botNotes).where(and(eq(botNotes.key, key), isThere)));
    return row && toNote(row);
  }

  async list(prefix: string, after: string, limit: number): Promise<readonly BotNote[]> {
    // in the order of bytes, which is the same on every database
    const key = sql`${botNotes.key} collate "C"`;
    const starts = sql`starts_with(${botNotes.key}, ${prefix})`;
    const rows = await this.database.query((queries) =>
      queries
        .select()
        .from(botNotes)
        .where(and(starts, gt(key, after), gte(key, prefix), isThere))
        .orderBy(asc(key))
        .limit(limit),
    );
    return rows.map(toNote);
  }

  async put({ key, value, expected, lifetime }: PutNote): Promise<number | undefined> {
    const expiresAt = lifetime === undefined ? null : fromNow(lifetime);
    // what has expired is replaced as if it were not there; its number goes on, so that nobody takes the new one for the old one
    const current = expected === undefined ? undefined : expected === 0 ? lte(botNotes.expiresAt, databaseNow) : and(eq(botNotes.version, expected), isThere);
    const [row] = await this.database.query((queries) =>
      expected !== undefined && expected > 0
        ? queries.update(botNotes).set({ value, expiresAt, version: sql`${botNotes.version} + 1` }).where(and(eq(botNotes.key, key), current)).returning({ version: botNotes.version })
        : queries
            .insert(botNotes)
            .values({ key, value, version: 1, expiresAt })
            .onConflictDoUpdate({ target: botNotes.key, set: { value, expiresAt, version: sql`${botNotes.version} + 1` }, ...(current && { setWhere: current }) })
            .returning({ version: botNotes.version }),
    );
    return row?.version;
  }

  async take(key: string): Promise<BotNote | undefined> {
    const [row] = await this.database.query((queries) => queries.delete(botNotes).where(and(eq(botNotes.key, key), isThere)).returning());
    return row && toNote(row);
  }
}

function toNote({ key, value, version }: typeof botNotes.$inferSelect): BotNote {
  return { key, value, version };
}
