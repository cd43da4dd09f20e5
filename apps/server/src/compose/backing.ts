import { join } from 'node:path';
import { openEmbeddedPostgres } from '@sluice/embedded-postgres';
import { createLocalSignals, createRedisSignals, embeddedBackend, redisBackend, type QueueBackend } from '@sluice/queue-bullmq';
import { lockFolder, type Closing, type Logger } from '@sluice/runtime';
import { createPostgresPool, createStore, migrate, type Store } from '@sluice/store-postgres';
import type { Signals } from '@sluice/usecases';
import type { Settings } from '../settings.js';
import { whenReachable } from './when-reachable.js';

/** Database, queues and signals: the one thing in which the two combinations differ. */
export interface BackingServices {
  readonly store: Store;
  readonly queueBackend: QueueBackend;
  readonly signals: Signals;
  /** In order, after whatever uses them. */
  readonly closings: readonly Closing[];
}

const CONNECTIONS = 16;
const QUEUES = { searchPath: 'bullmq' };

export function openBacking(settings: Settings, log: Logger): Promise<BackingServices> {
  const { backing } = settings;
  return backing.kind === 'embedded' ? openEmbedded(settings.dataFolder, backing.template, log) : openServices(backing, log);
}

/** PGlite in this process, which carries the queues as well. @throws FolderLocked when another process has the folder open. */
async function openEmbedded(dataFolder: string, template: string | undefined, log: Logger): Promise<BackingServices> {
  const database = await openEmbeddedPostgres({ folder: join(dataFolder, 'database'), lock: lockFolder, log, ...(template !== undefined && { template }) });
  try {
    await migrate(database.pool);
    // the store says where each of its names is; with the same search path the one session need not be told whenever the other one has its turn
    const store = createStore(database.createPool(QUEUES), { vacuums: true });
    const queueBackend = await embeddedBackend(database.createPool(QUEUES));
    const closings = [
      { name: 'store', close: () => store.close() },
      { name: 'queue backend', close: () => queueBackend.close() },
      { name: 'database', close: () => database.close() },
    ];
    return { store, queueBackend, signals: createLocalSignals(log), closings };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** PostgreSQL and Redis. Redis is connected in the background; the database has to answer once for its schema, and is waited for. */
async function openServices(backing: { readonly databaseUrl: string; readonly databaseWait: number; readonly redisUrl: string }, log: Logger): Promise<BackingServices> {
  const pool = createPostgresPool(backing.databaseUrl, { max: CONNECTIONS, onError: (error) => log.warn({ err: error }, 'an idle database connection broke') });
  try {
    await whenReachable(() => migrate(pool), { within: backing.databaseWait, log });
  } catch (error) {
    await pool.end();
    throw error;
  }
  const store = createStore(pool);
  const queueBackend = redisBackend({ url: backing.redisUrl, log });
  const signals = createRedisSignals(backing.redisUrl, log);
  const closings = [
    { name: 'signals', close: () => signals.close() },
    { name: 'store', close: () => store.close() },
    { name: 'queue backend', close: () => queueBackend.close() },
    { name: 'database', close: () => pool.end() },
  ];
  return { store, queueBackend, signals, closings };
}
