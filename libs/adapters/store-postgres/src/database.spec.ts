import { readdirSync } from 'node:fs';
import { Conflict, type SluiceError, Unavailable } from '@sluice/kernel';
import { afterCommit, assertOutsideTransaction } from '@sluice/runtime';
import { QA, SOME_DAY, describeCombinations, freshCluster, freshRepository, type Services } from '@sluice/testing';
import { inspect } from 'node:util';
import { sql } from 'drizzle-orm';
import type pg from 'pg';
import { createStore } from './create-store.js';
import { Database } from './database.js';
import { migrate } from './migrate.js';
import { openStore } from './opened-store.fixture.js';
import { createPostgresPool } from './postgres-pool.js';

// PostgreSQL refuses NUL in a text.
const NOT_TEXT = '\u0000';

describeCombinations('the way to the database', (combination) => {
  let services: Services;
  let opened: Awaited<ReturnType<typeof openStore>>;
  beforeAll(async () => {
    services = await combination.start();
    opened = await openStore(services);
  }, 60_000);
  afterAll(async () => {
    await opened?.close();
    await services?.stop();
  });

  it('lets what was handed to afterCommit happen after the commit, outside of the transaction', async () => {
    const { transactions, outbox } = opened.store;
    const key = freshRepository();
    let found = -1;
    await transactions.run(async () => {
      await afterCommit(async () => {
        assertOutsideTransaction('an effect');
        found = (await outbox.pending(key, 10)).length;
      });
      await outbox.add(key, [{ idempotencyKey: 'a', effect: {} }]);
      expect(found).toBe(-1);
    });
    expect(found).toBe(1);
  });

  it('lets nothing follow a transaction that was rolled back', async () => {
    const done: string[] = [];
    const work = opened.store.transactions.run(async () => {
      await afterCommit(() => void done.push('told'));
      throw new Conflict('no');
    });
    await expect(work).rejects.toThrow(Conflict);
    expect(done).toEqual([]);
  });

  it('refuses to reach outside within a transaction', async () => {
    await expect(opened.store.transactions.run(async () => assertOutsideTransaction('git'))).rejects.toThrow('git inside a database transaction');
  });

  it('does not run a transaction again because what followed it failed', async () => {
    const { transactions, outbox } = opened.store;
    const key = freshRepository();
    const deadlock = new Conflict('a deadlock of another statement', { details: { sqlState: '40P01' } });
    const work = transactions.run(async () => {
      await outbox.add(key, [{ idempotencyKey: 'a', effect: {} }]);
      await afterCommit(() => Promise.reject(deadlock));
    });
    await expect(work).rejects.toBe(deadlock);
    expect(await outbox.pending(key, 10)).toHaveLength(1);
  });

  it('tells that nothing was stored when the error of a statement was swallowed', async () => {
    const { transactions, outbox, settings } = opened.store;
    const key = freshRepository();
    const work = transactions.run(async () => {
      await outbox.add(key, [{ idempotencyKey: 'a', effect: {} }]);
      await settings.get(NOT_TEXT).catch(() => undefined);
    });
    await expect(work).rejects.toThrow('was rolled back');
    expect(await outbox.pending(key, 10)).toEqual([]);
  });

  it('refuses a statement that comes after its transaction', async () => {
    const { transactions, settings } = opened.store;
    let forgotten: Promise<unknown> | undefined;
    let go = (): void => undefined;
    const ended = new Promise<void>((resolve) => (go = resolve));
    await transactions.run(async () => {
      forgotten = ended.then(() => settings.get('anything'));
    });
    go();
    await expect(forgotten).rejects.toThrow('was not awaited');
  });

  it('shows neither parameters nor rows in an error', async () => {
    const secret = 'hunter2-hunter2';
    const { clusters, settings } = opened.store;
    const token = { cluster: freshCluster(), repository: freshRepository(), environment: QA, expiresAt: SOME_DAY };
    await clusters.addJoinToken(secret, token);
    const failures = [() => clusters.addJoinToken(secret, token), () => settings.init('key', secret + NOT_TEXT)];
    for (const failure of failures) {
      const error = await failure().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
    }
  });

  it('forgets what has expired, and tells a reader that it has missed events', async () => {
    const { store } = opened;
    const old = createStore(poolOf(), { retention: { events: 0, outbox: 0 }, vacuums: services.kind === 'embedded' });
    const key = freshRepository();
    await store.events.append({ type: 'test', message: 'old' });
    const { cursor } = await store.events.after('from now on', 1);
    await store.events.append({ type: 'test', message: 'missed' });
    await store.outbox.add(key, [{ idempotencyKey: 'a', effect: {} }]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const report = await old.maintenance.run();
    expect(report).toMatchObject({ credentials: 0, joinTokens: 1 });
    expect(report.events).toBeGreaterThanOrEqual(2);
    expect(report.outbox).toBeGreaterThanOrEqual(1);
    expect(await store.outbox.pending(key, 10)).toEqual([]);
    const lost = await store.events.after(cursor, 10);
    expect(lost).toMatchObject({ reset: true, events: [] });
    await store.events.append({ type: 'test', message: 'new' });
    expect((await store.events.after(lost.cursor, 10)).events).toMatchObject([{ message: 'new' }]);
  });

  it('refuses calls after it was closed, and waits for those before', async () => {
    const store = createStore(poolOf());
    const before = store.settings.get('anything');
    await store.close();
    await expect(before).resolves.toBeUndefined();
    await expect(store.ping()).rejects.toThrow('closed');
  });

  it('moves one database to this version only', async () => {
    await migrate(poolOf());
    const database = new Database(poolOf());
    await database.query((queries) => queries.execute(sql`insert into sluice.migrations (hash, created_at) values ('newer', 9999999999999)`));
    await expect(migrate(poolOf())).rejects.toThrow('newer version of Sluice');
    await database.query((queries) => queries.execute(sql`delete from sluice.migrations where hash = 'newer'`));
    await expect(migrate(poolOf())).resolves.toBeUndefined();
  });

  function poolOf(): pg.Pool {
    return opened.pool;
  }

  if (combination.name === 'postgres+redis') {
    it('is prepared once by many processes that start at once', async () => {
      const pools = Array.from({ length: 4 }, () => createPostgresPool(urlOf(services)));
      await pools[0]!.query('drop schema sluice cascade');
      await Promise.all(pools.map(migrate));
      const { rows } = await pools[0]!.query('select count(*)::int as count from sluice.migrations');
      const steps = readdirSync(new URL('../migrations', import.meta.url)).filter((file) => file.endsWith('.sql'));
      expect(rows).toEqual([{ count: steps.length }]);
      await Promise.all(pools.map((pool) => pool.end()));
    });

    it('forgets the events of a dump, whose transactions are yet to come', async () => {
      const { events } = opened.store;
      await poolOf().query(`insert into sluice.events (transaction, document) values ('4000000000', '{"type":"test","message":"from a dump"}')`);
      await migrate(poolOf());
      const { cursor } = await events.after('from now on', 1);
      await events.append({ type: 'test', message: 'new' });
      expect((await events.after(cursor, 10)).events).toMatchObject([{ message: 'new' }]);
      expect(await events.after('4000000001-1', 10)).toMatchObject({ reset: true });
    });
  }
});

describe('a database that is not there', () => {
  it('is unavailable, without its password in the error', async () => {
    const pool = createPostgresPool('postgresql://sluice:hunter2@127.0.0.1:1/none');
    const store = createStore(pool);
    for (const failure of [() => migrate(pool), () => store.ping(), () => store.transactions.run(async () => undefined)]) {
      const error = await failure().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Unavailable);
      expect(inspect(error, { depth: 10 })).not.toContain('hunter2');
      expect((error as SluiceError).message).toContain('Check that it runs');
    }
    await pool.end();
  });
});

function urlOf(services: Services): string {
  if (services.kind === 'embedded') throw new Error('expected a server');
  return services.databaseUrl;
}
