import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { fromDriver, translated } from './database-errors.js';
import { StoreFault } from './store-fault.js';

/** Drizzle on one connection or on the pool. */
export type Queries = NodePgDatabase;

/** A transaction on a connection of its own. Statements run one after the other, also when they are asked for at once. */
export class OpenTransaction {
  readonly checks: (() => Promise<void>)[] = [];
  /** Written after the work and the checks: what everybody's transactions lock comes last, so that it is locked shortest and nobody waits in a circle. */
  readonly lastly: (() => Promise<void>)[] = [];
  readonly collected = new Map<object, unknown[]>();
  readonly #queries: Queries;
  #last: Promise<unknown> = Promise.resolve();
  #open = true;
  #failure: Error | undefined;

  constructor(private readonly client: pg.PoolClient) {
    const inOrder = { query: (...statement: Parameters<pg.PoolClient['query']>) => this.#enqueue(statement) };
    this.#queries = drizzle(inOrder as unknown as pg.PoolClient);
  }

  async query<T>(work: (queries: Queries) => PromiseLike<T>): Promise<T> {
    try {
      return await work(this.#queries);
    } catch (error) {
      throw translated(error);
    }
  }

  /** Runs work as a part of this transaction: when it fails, the whole must not be committed, even if somebody catches the error. */
  async join<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#failure ??= error instanceof Error ? error : new StoreFault('A part of the transaction failed', { cause: error });
      throw error;
    }
  }

  /** Begins, works, checks and commits, or rolls back. The connection goes back to the pool, or is thrown away when its state is not known. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    let broken: Error | undefined;
    try {
      await this.#say('begin');
      const result = await work();
      for (const last of [...this.checks, ...this.lastly]) await last();
      if (this.#failure) throw this.#failure;
      await this.#commit();
      return result;
    } catch (error) {
      broken = await this.#rollback();
      throw translated(error);
    } finally {
      this.client.release(broken);
    }
  }

  // After a failed statement PostgreSQL answers a commit with a rollback, and calls that a success.
  async #commit(): Promise<void> {
    const { command } = await this.#say('commit');
    if (command !== 'COMMIT') throw new StoreFault('The transaction was rolled back: a statement in it had failed, and its error was not passed on');
  }

  async #rollback(): Promise<Error | undefined> {
    try {
      await this.#say('rollback');
      return undefined;
    } catch (error) {
      return fromDriver(error);
    }
  }

  async #say(statement: 'begin' | 'commit' | 'rollback'): Promise<pg.QueryResult> {
    try {
      if (statement !== 'begin') this.#open = false;
      await this.#last.catch(() => undefined);
      return await this.client.query(statement);
    } catch (error) {
      throw fromDriver(error);
    }
  }

  #enqueue(statement: Parameters<pg.PoolClient['query']>): Promise<unknown> {
    if (!this.#open) throw new StoreFault('A statement came after the end of its transaction: something in it was not awaited');
    const next = this.#last.catch(() => undefined).then(() => this.client.query(...statement));
    this.#last = next;
    return next;
  }
}
