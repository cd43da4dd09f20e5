import pg from 'pg';
import { PreparingClient } from './preparing-client.js';
import { SessionStream } from './session-stream.js';
import type { EmbeddedLog, Switchboard } from './switchboard.js';

export interface EmbeddedPoolOptions {
  /** The schemas that unqualified names are looked up in, for every client of this pool. Default: `public`. */
  readonly searchPath?: string;
  /** Clients at the same time; one that listens counts for as long as it listens. A client costs a few kilobytes. Default: 20. */
  readonly max?: number;
}

/** A real pg.Pool of real pg.Clients: parameters, types, results and errors are node-postgres' own. */
export function createPool(switchboard: Switchboard, log: EmbeddedLog, options: EmbeddedPoolOptions): pg.Pool {
  const pool = new pg.Pool({
    Client: PreparingClient,
    stream: () => new SessionStream(switchboard),
    options: `-c search_path=${(options.searchPath ?? 'public').replace(/[\\\s]/g, '\\$&')}`,
    max: options.max ?? 20,
    // nothing to save by closing idle clients
    idleTimeoutMillis: 0,
    // BullMQ waits long for a notification only when it knows that a dead connection is noticed
    keepAlive: true,
    // whatever the environment says about servers elsewhere
    ssl: false,
    user: 'postgres',
    database: 'postgres',
  });
  // each queue and worker on it listens for its errors
  pool.setMaxListeners(0);
  pool.on('release', (_error, client) => streamOf(client)?.rollback());
  pool.on('error', (error) => log.warn({ err: error }, 'an idle client of the embedded database was disconnected'));
  return pool;
}

function streamOf(client: object): SessionStream | undefined {
  const connection: unknown = 'connection' in client ? client.connection : undefined;
  const stream: unknown = typeof connection === 'object' && connection !== null && 'stream' in connection ? connection.stream : undefined;
  return stream instanceof SessionStream ? stream : undefined;
}
