import type { Settings } from '@sluice/usecases';
import { eq, sql } from 'drizzle-orm';
import type { Database } from './database.js';
import { settings } from './schema/configuration.js';

export class PostgresSettings implements Settings {
  constructor(private readonly database: Database) {}

  async get(key: string): Promise<string | undefined> {
    const [row] = await this.database.query((queries) => queries.select().from(settings).where(eq(settings.key, key)));
    return row?.value;
  }

  async put(key: string, value: string): Promise<void> {
    await this.database.query((queries) => queries.insert(settings).values({ key, value }).onConflictDoUpdate({ target: settings.key, set: { value: sql`excluded.value` } }));
  }

  async init(key: string, value: string): Promise<string> {
    // An update that changes nothing, because `do nothing` would not return the row that is there.
    const [row] = await this.database.query((queries) =>
      queries
        .insert(settings)
        .values({ key, value })
        .onConflictDoUpdate({ target: settings.key, set: { key: sql`excluded.key` } })
        .returning({ value: settings.value }),
    );
    return row?.value ?? value;
  }
}
