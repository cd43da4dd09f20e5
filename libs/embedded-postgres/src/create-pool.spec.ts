import { embeddedTemplate, temporaryFolder } from '@sluice/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { openEmbeddedPostgres, type EmbeddedPostgres } from './open-embedded-postgres.js';

describe('clients of the embedded database', () => {
  const errors: string[] = [];
  let database: EmbeddedPostgres;
  let pool: pg.Pool;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const place = await temporaryFolder();
    remove = place.remove;
    const log = { warn: (_data: object, message: string) => void errors.push(message), error: (_data: object, message: string) => void errors.push(message) };
    database = await openEmbeddedPostgres({ folder: place.folder, lock: () => Promise.resolve({ release: () => Promise.resolve() }), template: embeddedTemplate(), log, idleInTransaction: 200 });
    pool = database.pool;
    await pool.query('create table seen (who text primary key); create schema queue; create table queue.job (id int); create table job (id int)');
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await remove();
  });
  afterEach(async () => {
    errors.length = 0;
    await pool.query('truncate seen');
  });

  async function seen(client: Pick<pg.Pool, 'query'> = pool): Promise<string[]> {
    const { rows } = await client.query<{ who: string }>('select who from seen order by who');
    return rows.map(({ who }) => who);
  }

  it('do not see what another has not committed, and wait for it', async () => {
    const writer = await pool.connect();
    await writer.query('begin');
    await writer.query("insert into seen values ('ada')");
    const reading = seen();
    expect(await Promise.race([reading, sleep(50, 'waiting')])).toBe('waiting');
    await writer.query('commit');
    expect(await reading).toEqual(['ada']);
    writer.release();
  });

  it('have a statement planned once that they say again and again, and one that fails refused each time', async () => {
    const client = await pool.connect();
    const [often, once, wrong] = ['select who from seen where who = $1', 'select who from seen where who <> $1', 'select 1 / $1::int'];
    await client.query('insert into seen values ($1)', ['ada']);
    for (let time = 0; time < 6; time += 1) {
      expect((await client.query(often, ['ada'])).rows).toEqual([{ who: 'ada' }]);
      await expect(client.query(wrong, [0])).rejects.toThrow('division by zero');
    }
    expect((await client.query({ text: wrong, values: [1], rowMode: 'array' })).rows).toEqual([[1]]);
    await client.query(once, ['ada']);
    const { rows } = await client.query('select statement from pg_prepared_statements where statement = any($1) order by statement', [[often, once, wrong]]);
    expect(rows).toEqual([{ statement: wrong }, { statement: often }]);
    client.release();
  });

  it('see nothing of what was rolled back', async () => {
    const writer = await pool.connect();
    await writer.query('begin');
    await writer.query("insert into seen values ('ada')");
    await writer.query('rollback');
    writer.release();
    expect(await seen()).toEqual([]);
  });

  it('run transactions one after the other, however many begin at once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `client ${String(index).padStart(2, '0')}`);
    await Promise.all(
      names.map(async (name) => {
        const client = await pool.connect();
        await client.query('begin');
        await client.query('insert into seen values ($1)', [name]);
        await client.query('savepoint here');
        await client.query('insert into seen values ($1)', [name]).catch(() => client.query('rollback to here'));
        await client.query('commit');
        client.release();
      }),
    );
    expect(await seen()).toEqual(names);
  });

  it('that are given back with an open transaction have it rolled back', async () => {
    const forgetful = await pool.connect();
    await forgetful.query('begin');
    await forgetful.query("insert into seen values ('forgotten')");
    forgetful.release();
    expect(await seen()).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('that are cut off in a transaction have it rolled back', async () => {
    const lost = await pool.connect();
    await lost.query('begin');
    await lost.query("insert into seen values ('lost')");
    lost.release(true);
    expect(await seen()).toEqual([]);
  });

  it('lose a transaction that stands idle while others wait for it', async () => {
    const sleeper = await pool.connect();
    const cutOff = new Promise<{ code?: string }>((resolve) => sleeper.once('error', resolve));
    await sleeper.query('begin');
    await sleeper.query("insert into seen values ('sleeper')");
    expect(await seen()).toEqual([]);
    expect(await cutOff).toMatchObject({ code: '25P03' });
    sleeper.release(true);
    expect(errors).toContain('a transaction stood idle while others waited for it; it was rolled back');
  });

  it('keep a failed transaction to themselves', async () => {
    const client = await pool.connect();
    await client.query('begin');
    await expect(client.query('select 1/0')).rejects.toMatchObject({ code: '22012' });
    await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('rollback');
    client.release();
    expect(await seen()).toEqual([]);
  });

  it('of another pool look up names in its own search path, in whatever order they ask', async () => {
    const queue = database.createPool({ searchPath: 'queue' });
    for (let round = 0; round < 3; round++) await Promise.all([queue.query('insert into job values (1)'), pool.query('insert into job values (2)')]);
    expect((await pool.query('select distinct id from queue.job')).rows).toEqual([{ id: 1 }]);
    expect((await pool.query('select distinct id from public.job')).rows).toEqual([{ id: 2 }]);
    await queue.end();
  });

  it('do not see a setting of another, nor one that was set for a transaction', async () => {
    const client = await pool.connect();
    await client.query("set search_path to queue; set application_name to 'it''s \\ mine'");
    expect((await pool.query('show search_path')).rows).toEqual([{ search_path: 'public' }]);
    expect((await pool.query('show application_name')).rows).toEqual([{ application_name: '' }]);
    await client.query("begin; set local timezone to 'Asia/Tokyo'");
    await client.query('commit');
    expect((await client.query('show timezone')).rows).toEqual([{ TimeZone: 'UTC' }]);
    expect((await client.query('show application_name')).rows).toEqual([{ application_name: "it's \\ mine" }]);
    client.release(true);
  });

  it('hear what they listen to, and only that, also when the sender listens itself', async () => {
    const heard: string[] = [];
    const [first, second] = await Promise.all([pool.connect(), pool.connect()]);
    first.on('notification', ({ channel, payload }) => heard.push(`first: ${channel} ${payload}`));
    second.on('notification', ({ channel, payload }) => heard.push(`second: ${channel} ${payload}`));
    await first.query('listen news');
    await second.query('-- both\nLISTEN News;\nlisten "Other";');
    await second.query("select pg_notify('news', 'one')");
    await second.query('unlisten news');
    await pool.query("notify news, 'two'");
    await pool.query('begin; notify "Other", \'three\'; commit');
    await pool.query('begin; notify news, \'never\'; rollback');
    await first.query('select 1');
    expect(heard.toSorted()).toEqual(['first: news one', 'first: news two', 'second: Other three', 'second: news one']);
    first.release(true);
    second.release(true);
  });

  it('prepare statements of the same name side by side', async () => {
    const [first, second] = await Promise.all([pool.connect(), pool.connect()]);
    for (let round = 0; round < 2; round++) {
      expect((await first.query({ name: 'same', text: 'select $1::int as n', values: [1] })).rows).toEqual([{ n: 1 }]);
      expect((await second.query({ name: 'same', text: 'select $1::text as t', values: ['a'] })).rows).toEqual([{ t: 'a' }]);
    }
    first.release(true);
    second.release(true);
    expect((await pool.query("select name from pg_prepared_statements where name like '%same'")).rows).toEqual([]);
  });

  it('are told what is not supported, and the database stays up', async () => {
    await expect(pool.query('copy seen from stdin')).rejects.toMatchObject({ code: '57014' });
    expect((await pool.query("select 'copy from stdin' as text")).rows).toEqual([{ text: 'copy from stdin' }]);
  });

  it('get megabytes both ways', async () => {
    const text = 'x'.repeat(3_000_000);
    expect((await pool.query('select $1::text as text, length($1::text) as n', [text])).rows).toEqual([{ text, n: text.length }]);
    expect((await pool.query('select generate_series(1, 50000) as n')).rows).toHaveLength(50_000);
  });

  it('let timers and sockets of the process have their turn between two queries', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await Promise.all(Array.from({ length: 200 }, () => pool.query('select count(*) from pg_class')));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });

  it('never hold two transaction-level advisory locks at once', async () => {
    const order: string[] = [];
    const locked = async (name: string): Promise<void> => {
      const client = await pool.connect();
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock(42)');
      order.push(`${name} in`);
      await sleep(5);
      order.push(`${name} out`);
      await client.query('commit');
      client.release();
    };
    await Promise.all([locked('a'), locked('b')]);
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out']);
  });
});
