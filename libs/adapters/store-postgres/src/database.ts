import { assertOutsideTransaction, runInTransactionScope } from '@sluice/runtime';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { fromDriver, isRetryable, translated } from './database-errors.js';
import { OpenTransaction, type Queries } from './open-transaction.js';
import { StoreFault } from './store-fault.js';

const ATTEMPTS = 5;
const BACKOFF = 20;

/** The only door to the database: every statement goes through {@link query}, and belongs to the transaction that is open around it. */
export class Database {
  readonly #ambient = new AsyncLocalStorage<OpenTransaction>();
  readonly #queries: Queries;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  constructor(private readonly pool: pg.Pool) {
    this.#queries = drizzle(pool);
  }

  /** Runs statements in the transaction around it or, outside of one, each for itself. */
  async query<T>(work: (queries: Queries) => PromiseLike<T>): Promise<T> {
    const transaction = this.#ambient.getStore();
    if (transaction) return transaction.query(work);
    return this.#tracked(() => withRetries(() => attempt(() => work(this.#queries))));
  }

  /** Runs work as one transaction; inside of another it becomes part of that one. Deadlocks and serialization failures are retried a few times. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    const outer = this.#ambient.getStore();
    if (outer) return outer.join(work);
    assertOutsideTransaction('a transaction of another store');
    return this.#tracked(() => this.#outermost(work));
  }

  /** Runs a check at the very end of the transaction around it; when it throws, nothing is committed. */
  beforeCommit(check: () => Promise<void>): void {
    const transaction = this.#ambient.getStore();
    if (!transaction) throw new StoreFault('There is no transaction to check at the end of');
    transaction.checks.push(check);
  }

  /** Collects what is to be written together at the very end of the transaction around it; outside of one it is written at once. */
  async atEnd<T>(key: object, items: readonly T[], write: (items: readonly T[]) => Promise<void>): Promise<void> {
    if (items.length === 0) return;
    const transaction = this.#ambient.getStore();
    if (!transaction) return write(items);
    const collected = transaction.collected.get(key) as T[] | undefined;
    if (collected) return void collected.push(...items);
    const all = [...items];
    transaction.collected.set(key, all);
    transaction.lastly.push(() => write(all));
  }

  /** A statement that must not be in a transaction (VACUUM), on a connection of its own. */
  async outside(statement: string): Promise<void> {
    assertOutsideTransaction('maintenance');
    await this.#tracked(() => attempt(() => this.pool.query(statement)));
  }

  /** Refuses what comes from now on and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
    // before Node 24 each storage that was ever used makes every promise of the process dearer, for good
    this.#ambient.disable();
  }

  // Only the transaction itself is run again, never what was to happen after its commit.
  async #outermost<T>(work: () => Promise<T>): Promise<T> {
    let committed = false;
    const once = (): Promise<T> =>
      runInTransactionScope(async () => {
        const result = await this.#commit(work);
        committed = true;
        return result;
      });
    return withRetries(once, () => !committed);
  }

  async #commit<T>(work: () => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw fromDriver(error);
    });
    const transaction = new OpenTransaction(client);
    return this.#ambient.run(transaction, () => transaction.run(work));
  }

  async #tracked<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreFault('The store is closed');
    const running = work();
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }
}

async function attempt<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(error);
  }
}

async function withRetries<T>(work: () => Promise<T>, mayRetry: () => boolean = () => true): Promise<T> {
  for (let left = ATTEMPTS - 1; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !mayRetry() || !isRetryable(error)) throw error;
      await sleep(Math.random() * BACKOFF * 2 ** (ATTEMPTS - left));
    }
  }
}
