import { createPostgresBackend, getDefaultBackendFactory, isPgPool, runMigrations, withBackend, type BackendFactory, type ConnectionOptions, type IQueueBackend } from 'bullmq';
import { Unavailable } from '@sluice/kernel';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { QueueLog } from './queue-log.js';
import { redisConnection } from './redis-connection.js';

/** What carries the queues. Queues and workers find out from `connection` which one it is. */
export interface QueueBackend {
  readonly kind: 'redis' | 'postgres';
  /** For workers, and for Nest's `BullModule.forRoot`. */
  readonly connection: ConnectionOptions;
  /** For queues that jobs are added to: fails at once when the backend is away. */
  readonly producer: ConnectionOptions;
  readonly prefix: string;
  /** @throws Unavailable when it does not answer; at once when there is no connection. */
  ping(): Promise<void>;
  /** After every queue and worker on it is closed. */
  close(): Promise<void>;
}

const redisFactory = getDefaultBackendFactory();

// Decides by what it is given, so that both backends can live in one process and no global default is changed.
const factory: BackendFactory<IQueueBackend, ConnectionOptions> = (name, options, more) => {
  const connection: unknown = options.connection;
  if (!isPgPool(connection)) return redisFactory(name, options, more);
  return createPostgresBackend(name, { ...options, connection }, more);
};

/** BullMQ's classes on whichever backend their `connection` is of. Nest: `BullModule.queueClass = BackendQueue; BullModule.workerClass = BackendWorker`. */
export const { Queue: BackendQueue, Worker: BackendWorker } = withBackend(factory);

export interface RedisBackendOptions {
  readonly url: string;
  readonly log: QueueLog;
  /** Of every key. Default: `sluice`. */
  readonly prefix?: string;
}

/** Queues in Redis. Connects in the background: does not wait for Redis. */
export function redisBackend({ url, log, prefix = 'sluice' }: RedisBackendOptions): QueueBackend {
  const patient = redisConnection(url, 'patient', log);
  const impatient = redisConnection(url, 'impatient', log);
  const close = async (): Promise<void> => {
    await Promise.all([patient, impatient].map(quit));
  };
  return { kind: 'redis', connection: patient, producer: impatient, prefix, ping: pingOf(impatient), close };
}

/** Knows why there is no connection: what is asked without one fails with no reason at all. */
function pingOf(client: Redis): QueueBackend['ping'] {
  let failure = 'Redis cannot be reached';
  client.on('error', (error: NodeJS.ErrnoException) => (failure = /^(NOAUTH|WRONGPASS)/.test(error.message) ? 'Redis refuses the login: correct the user and the password in its URL' : `Redis cannot be reached (${error.code ?? error.name})`));
  return async () => {
    if (client.status !== 'ready') throw new Unavailable(failure);
    await client.ping().catch((cause: unknown) => {
      throw new Unavailable('Redis does not answer', { cause });
    });
  };
}

async function quit(client: Redis): Promise<void> {
  if (client.status === 'ready') await client.quit().catch(() => undefined);
  client.disconnect();
}

/**
 * Queues in the embedded database. `pool` looks up names in the schema `bullmq` only, and this process is the database's only one: jobs that a process before it has left are forgotten, because what
 * was to be looked at is in the wake store, and BullMQ would hold back a dead worker's jobs until their locks expire.
 */
export async function embeddedBackend(pool: pg.Pool): Promise<QueueBackend> {
  const client = await pool.connect();
  try {
    await runMigrations(client);
    await forgetJobs(client);
  } finally {
    client.release();
  }
  // BullMQ types its connections after Redis; the factory above looks at what it really is.
  const connection = pool as unknown as ConnectionOptions;
  return { kind: 'postgres', connection, producer: connection, prefix: 'sluice', ping: () => pingPool(pool), close: () => pool.end() };
}

async function pingPool(pool: pg.Pool): Promise<void> {
  await pool.query('select 1').catch((cause: unknown) => {
    throw new Unavailable('The queues’ database does not answer', { cause });
  });
}

async function forgetJobs(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ name: string }>("select quote_ident(tablename) as name from pg_tables where schemaname = 'bullmq' and tablename <> 'migration'");
  await client.query(`truncate ${rows.map(({ name }) => name).join(', ')}`);
}
