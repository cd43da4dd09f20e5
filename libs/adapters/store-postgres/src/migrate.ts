import { Unavailable, Unsupported } from '@sluice/kernel';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { fromDriver, translated } from './database-errors.js';

// Beside `src` as well as beside `dist`.
const MIGRATIONS = { migrationsFolder: fileURLToPath(new URL('../migrations', import.meta.url)), migrationsSchema: 'sluice', migrationsTable: 'migrations' };
// Any number that nobody else takes in this database: "sluice" in ASCII.
const LOCK = '126939453711205';
const LOCK_TIMEOUT = 120_000;
const LOCK_POLL = 100;

/**
 * Brings the database's schema `sluice` to this version. Processes that start at once do it one after the other.
 * @throws Unsupported when the database was written by a newer version; Unavailable when it does not answer.
 */
export async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect().catch((error: unknown) => {
    throw fromDriver(error);
  });
  try {
    await client.query('set statement_timeout = 0');
    await lock(client);
    await refuseNewer(client);
    await runMigrations(drizzle(client), MIGRATIONS);
    await forgetForeignEvents(client);
    await client.query('select pg_advisory_unlock($1)', [LOCK]);
  } catch (error) {
    throw translated(error);
  } finally {
    // Not given back: the settings and, after a failure, the lock end with the connection.
    client.release(true);
  }
}

async function lock(client: pg.PoolClient): Promise<void> {
  for (const deadline = Date.now() + LOCK_TIMEOUT; Date.now() < deadline; await sleep(LOCK_POLL)) {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [LOCK]);
    if (rows[0]?.locked) return;
  }
  throw new Unavailable('Another process has been changing the database schema for two minutes: wait for it, or end it and start again');
}

async function refuseNewer(client: pg.PoolClient): Promise<void> {
  const { rows: tables } = await client.query<{ present: boolean }>("select to_regclass('sluice.migrations') is not null as present");
  if (!tables[0]?.present) return;
  const { rows } = await client.query<{ newest: string | null }>('select max(created_at) as newest from sluice.migrations');
  const known = Math.max(...readMigrationFiles(MIGRATIONS).map(({ folderMillis }) => folderMillis));
  if (Number(rows[0]?.newest ?? 0) > known) throw new Unsupported('The database was written by a newer version of Sluice: start that version, or restore a backup that is as old as this one');
}

// Transactions count from the beginning in a database that was restored from a dump: events of transactions that are yet to come would hide the new ones.
async function forgetForeignEvents(client: pg.PoolClient): Promise<void> {
  for (const table of ['events', 'event_horizon']) await client.query(`delete from sluice.${table} where transaction >= pg_snapshot_xmax(pg_current_snapshot())`);
}
