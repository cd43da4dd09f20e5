import { PreparingClient } from '@sluice/embedded-postgres';
import pg from 'pg';

export interface PostgresPoolOptions {
  /** Connections that this process opens at most. Default: 10. */
  readonly max?: number;
  /** Called when an idle connection breaks; the pool opens another one by itself. */
  readonly onError?: (error: Error) => void;
}

/** A pool on a PostgreSQL server with the deadlines that the store counts on: nothing waits for ever. The password in the URL appears in no error. */
export function createPostgresPool(url: string, options: PostgresPoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: url,
    max: options.max ?? 10,
    application_name: 'sluice',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    query_timeout: 60_000,
    idle_in_transaction_session_timeout: 30_000,
  });
  pool.on('error', (error) => options.onError?.(error));
  // the pool listens to connections that nobody uses; one that breaks between two statements of a transaction would end the process. Its next statement fails, and says so
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}
