import { PGlite } from '@electric-sql/pglite';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { Backend } from './backend.js';
import { createPool, type EmbeddedPoolOptions } from './create-pool.js';
import { DurableFiles } from './durable-files.js';
import { prepareDatabase } from './prepare-database.js';
import { Switchboard, type EmbeddedLog } from './switchboard.js';

/** What a lock has given. */
interface Held {
  release(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Holds the database and nothing else; made when it is missing. */
  readonly folder: string;
  /**
   * Makes the folder and keeps every other process out of it until the release: PGlite has no lock of its own, and two processes that open one folder lose data without an error.
   * `lockFolder` of the runtime.
   */
  readonly lock: (folder: string) => Promise<Held>;
  /** A pino logger fits; default: nothing is logged. */
  readonly log?: EmbeddedLog;
  /**
   * What an acknowledged commit survives. `relaxed` (default): the end of the process by any means, kill -9 included. `power-safe`: also a power failure; each commit waits for the disk.
   */
  readonly durability?: 'relaxed' | 'power-safe';
  /** A new database is a copy of the one in this folder, which is made when it is missing: much faster, for tests that make many. Its path must be trusted. */
  readonly template?: string;
  /** Milliseconds that an open transaction may stand idle while other clients wait; then it is rolled back and its client disconnected (25P03). Default: 30 000. */
  readonly idleInTransaction?: number;
}

export interface EmbeddedPostgres {
  /** `search_path` is `public`. */
  readonly pool: pg.Pool;
  /** Another pool on the same database, closed with it. */
  createPool(options: EmbeddedPoolOptions): pg.Pool;
  /** Ends the pools (give back every client first: it waits 5 s for them), writes a checkpoint, closes the database and frees the folder. */
  close(): Promise<void>;
}

const SILENT: EmbeddedLog = { warn: () => undefined, error: () => undefined };
// 128 MB by default, of which the process would keep every page that was ever touched.
const MEMORY = ['-c', 'shared_buffers=16MB'];
// Milliseconds for clients to be given back when the database closes.
const GRACE = 5_000;
const NO_FSYNC = '-F';

/**
 * Opens the PostgreSQL (PGlite, in this process) in a folder, for this process alone; creates it when there is none.
 *
 * The pools are pg.Pool and behave like pools on a server, except that all clients share one session: one query runs at a time and stops the event loop while it runs, an open transaction makes
 * all others wait, `statement_timeout`, cursors and COPY FROM STDIN are not supported, settings other than those of session-settings.ts and temporary tables are shared, and a session-level
 * advisory lock is granted to every client that asks (`pg_advisory_xact_lock` is not: transactions never run side by side).
 * @throws what the lock throws when another process has it open.
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const held = await options.lock(options.folder);
  try {
    const database = await openDatabase(await prepareDatabase(options.folder, options.template), options.durability ?? 'relaxed');
    return await serve(database, held, options);
  } catch (error) {
    await held.release();
    throw error;
  }
}

function openDatabase(folder: string, durability: 'relaxed' | 'power-safe'): Promise<PGlite> {
  if (durability === 'relaxed') return PGlite.create({ dataDir: folder, startParams: [...PGlite.defaultStartParams, ...MEMORY] });
  const startParams = [...PGlite.defaultStartParams.filter((parameter) => parameter !== NO_FSYNC), ...MEMORY, '-c', 'wal_sync_method=fsync'];
  return PGlite.create({ fs: new DurableFiles(folder), startParams });
}

async function serve(database: PGlite, held: Held, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log = SILENT, idleInTransaction = 30_000 } = options;
  const switchboard = new Switchboard(await Backend.start(database), { idleInTransaction, log });
  const pools: pg.Pool[] = [];
  const open = (poolOptions: EmbeddedPoolOptions): pg.Pool => {
    const pool = createPool(switchboard, log, poolOptions);
    pools.push(pool);
    return pool;
  };
  const close = async (): Promise<void> => {
    if (!(await endPools(pools))) log.warn({}, 'the embedded database closes although some of its clients were not given back');
    await switchboard.settled();
    await database.exec('checkpoint');
    await database.close();
    await held.release();
  };
  let closing: Promise<void> | undefined;
  return { pool: open({}), createPool: open, close: () => (closing ??= close()) };
}

/** False when a client was still in use at the end of the grace period. */
async function endPools(pools: readonly pg.Pool[]): Promise<boolean> {
  const ended = Promise.all(pools.filter((pool) => !pool.ending).map((pool) => pool.end())).then(() => true);
  return Promise.race([ended, sleep(GRACE, false, { ref: false })]);
}
