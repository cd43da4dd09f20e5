import type pg from 'pg';

/** The time of a database whose statements run ahead of the machine's clock. */
export interface DatabaseTime {
  /** From now on the database is this many milliseconds ahead. */
  setAhead(milliseconds: number): Promise<void>;
}

/**
 * Puts a clock of ours before the database's: a function that is found first in the search path has the name of the one that the store asks
 * (https://www.postgresql.org/docs/15/ddl-schemas.html#DDL-SCHEMAS-CATALOG). So timers, leases and the receipt of reports run on simulated time, on unchanged statements.
 */
export async function simulateDatabaseTime(pool: pg.Pool): Promise<DatabaseTime> {
  await pool.query(`create schema simulated;
    create table simulated.clock (ahead interval not null);
    insert into simulated.clock values (interval '0');
    create function simulated.clock_timestamp() returns timestamptz language sql volatile as $$ select pg_catalog.clock_timestamp() + (select ahead from simulated.clock) $$`);
  return { setAhead: async (milliseconds) => void (await pool.query(`update simulated.clock set ahead = $1 * interval '1 millisecond'`, [milliseconds])) };
}

/** Has every connection of a pool ask the simulated clock, once {@link simulateDatabaseTime} has put it there. */
export function onSimulatedTime(pool: pg.Pool): void {
  pool.on('connect', (client) => void client.query('set search_path to simulated, pg_catalog, public'));
}
