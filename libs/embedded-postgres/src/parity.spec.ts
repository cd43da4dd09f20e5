import { describeCombinations, type Services } from '@sluice/testing';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { bigint, bigserial, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { openEmbeddedPostgres } from './open-embedded-postgres.js';

const notes = pgTable('notes', {
  id: bigserial({ mode: 'number' }).primaryKey(),
  body: jsonb().notNull(),
  size: bigint({ mode: 'number' }),
  tags: text().array(),
  at: timestamp({ withTimezone: true, mode: 'date' }),
});

// What is true of node-postgres on a server must be true of it here: one suite, both.
describeCombinations('node-postgres', (combination) => {
  let services: Services;
  let pool: pg.Pool;
  let close: () => Promise<void>;

  beforeAll(async () => {
    services = await combination.start();
    ({ pool, close } = await openPool(services));
    await pool.query('create table notes (id bigserial primary key, body jsonb not null, size bigint, tags text[], at timestamptz); create table things (id int primary key, name text not null)');
  }, 120_000);
  afterAll(async () => {
    await close();
    await services.stop();
  });

  it.each([
    ['int8', "select 9007199254740993::int8 as v", '9007199254740993'],
    ['int4', 'select 7::int4 as v', 7],
    ['count', 'select count(*) as v from things', '0'],
    ['numeric', 'select 1.50::numeric as v', '1.50'],
    ['float8', 'select 0.5::float8 as v', 0.5],
    ['bool', 'select true as v', true],
    ['null', 'select null::text as v', null],
    ['json', `select '{"a":[1,null]}'::json as v`, { a: [1, null] }],
    ['jsonb', `select '{"a":"\\u00e9"}'::jsonb as v`, { a: 'é' }],
    ['timestamptz', "select '2026-01-02T03:04:05.678Z'::timestamptz as v", new Date('2026-01-02T03:04:05.678Z')],
    ['text[]', "select array['a','b,c'] as v", ['a', 'b,c']],
    ['int8[]', 'select array[1,2]::int8[] as v', ['1', '2']],
    ['bytea', "select '\\xdeadbeef'::bytea as v", Buffer.from('deadbeef', 'hex')],
    ['uuid', "select 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as v", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ])('reads %s', async (_type, text, value) => {
    expect((await pool.query(text)).rows).toEqual([{ v: value }]);
  });

  it.each([
    ['text', 'a', 'a'],
    ['int8', 5n, '5'],
    ['jsonb', { a: 1 }, { a: 1 }],
    ['timestamptz', new Date(0), new Date(0)],
    ['bytea', Buffer.from([0, 255]), Buffer.from([0, 255])],
    ['text[]', ['a', 'b'], ['a', 'b']],
    ['int4', null, null],
  ])('sends a %s parameter', async (type, given, got) => {
    expect((await pool.query(`select $1::${type} as v`, [given])).rows).toEqual([{ v: got }]);
  });

  it('reports command, count and fields', async () => {
    const inserted = await pool.query("insert into things values (1, 'a'), (2, 'b')");
    expect(inserted).toMatchObject({ command: 'INSERT', rowCount: 2, rows: [] });
    const rows = await pool.query({ text: 'select id, name from things order by id', rowMode: 'array' });
    expect(rows).toMatchObject({ command: 'SELECT', rowCount: 2, rows: [[1, 'a'], [2, 'b']] });
    expect(rows.fields.map(({ name, dataTypeID }) => [name, dataTypeID])).toEqual([['id', 23], ['name', 25]]);
    expect(await pool.query('update things set name = name where id > 5')).toMatchObject({ command: 'UPDATE', rowCount: 0 });
    expect(await pool.query('delete from things')).toMatchObject({ command: 'DELETE', rowCount: 2 });
  });

  it('answers a text of several statements with several results', async () => {
    const results: unknown = await pool.query('select 1 as a; select 2 as b');
    expect(results).toMatchObject([{ rows: [{ a: 1 }] }, { rows: [{ b: 2 }] }]);
  });

  it.each([
    ['a duplicate', "insert into things values (1, 'a'), (1, 'b')", { code: '23505', table: 'things', constraint: 'things_pkey' }],
    ['a missing value', 'insert into things values (3, null)', { code: '23502', column: 'name' }],
    ['a typing mistake', 'selec', { code: '42601', position: '1' }],
    ['an unknown table', 'select * from nowhere', { code: '42P01' }],
  ])('fails with the fields of PostgreSQL for %s', async (_case, text, fields) => {
    await expect(pool.query(text)).rejects.toMatchObject(fields);
    await expect(pool.query(text)).rejects.toBeInstanceOf(pg.DatabaseError);
  });

  it('goes on after an error in a statement with parameters', async () => {
    await expect(pool.query('select $1::int', ['x'])).rejects.toMatchObject({ code: '22P02' });
    expect((await pool.query('select $1::int as n', [3])).rows).toEqual([{ n: 3 }]);
  });

  it('carries Drizzle, with its transactions', async () => {
    const db = drizzle(pool);
    const at = new Date('2026-05-06T07:08:09Z');
    const [stored] = await db.insert(notes).values({ body: { a: 1 }, size: 12, tags: ['x'], at }).returning();
    expect(stored).toEqual({ id: 1, body: { a: 1 }, size: 12, tags: ['x'], at });
    const undone = db.transaction(async (tx) => {
      await tx.update(notes).set({ size: 13 });
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    await db.transaction((tx) => tx.update(notes).set({ tags: sql`array_append(tags, 'y')` }));
    expect(await db.select({ size: notes.size, tags: notes.tags }).from(notes)).toEqual([{ size: 12, tags: ['x', 'y'] }]);
  });
});

async function openPool(services: Services): Promise<{ readonly pool: pg.Pool; close(): Promise<void> }> {
  if (services.kind === 'embedded') return openEmbeddedPostgres({ ...services, lock: () => Promise.resolve({ release: () => Promise.resolve() }) });
  const pool = new pg.Pool({ connectionString: services.databaseUrl });
  // a server that ends says so to connections that are just being closed; what a test asks of one that is gone fails by itself
  pool.on('error', () => undefined);
  return { pool, close: () => pool.end() };
}
