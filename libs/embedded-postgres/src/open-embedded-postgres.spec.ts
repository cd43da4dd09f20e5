import { jest } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { otherProcess, temporaryFolder } from './embedded.fixture.js';
import { FolderLocked } from './folder-locked.js';
import { openEmbeddedPostgres, type EmbeddedPostgres } from './open-embedded-postgres.js';

jest.setTimeout(180_000);

describe('the database of a folder', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeAll(async () => ({ folder, remove } = await temporaryFolder()));
  afterAll(() => remove());

  async function use<T>(work: (database: EmbeddedPostgres) => Promise<T>): Promise<T> {
    const database = await openEmbeddedPostgres({ folder });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  it('is not there when the process that creates it is killed, and then created as if nothing had been', async () => {
    const creator = otherProcess(folder, `embedded.openEmbeddedPostgres({ folder }); console.log('creating');`);
    await creator.line();
    await waitFor(async () => (await readdir(folder)).some((name) => name.startsWith('creating-')));
    await creator.kill();
    expect(await readdir(folder)).not.toContain('database');

    await use(({ pool }) => pool.query('create table kept (n int); insert into kept values (7)'));
    await use(async ({ pool }) => expect((await pool.query('select n from kept')).rows).toEqual([{ n: 7 }]));
    expect(await readdir(folder)).toEqual(['database']);
  });

  it('can be a copy of another, which stays as it was', async () => {
    const place = await temporaryFolder();
    const template = join(place.folder, 'template');
    for (const name of ['first', 'second']) {
      const { pool, close } = await openEmbeddedPostgres({ folder: join(place.folder, name), template });
      await pool.query('create table mine (n int)');
      await close();
    }
    expect((await readdir(place.folder)).toSorted()).toEqual(['first', 'second', 'template']);
    await place.remove();
  });

  it('is refused to a second process, which leaves it unharmed', async () => {
    await use(async ({ pool }) => {
      const second = otherProcess(folder, `await embedded.openEmbeddedPostgres({ folder }).catch((error) => console.log(error.message));`);
      expect(await second.line()).toContain(`in use by process ${process.pid}`);
      await second.kill();
      await expect(openEmbeddedPostgres({ folder })).rejects.toThrow(FolderLocked);
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });
  });

  it.each([
    ['relaxed', 5],
    ['power-safe', 1],
  ] as const)('loses no acknowledged row to kill -9 (%s, %d rounds)', async (durability, rounds) => {
    const write = `const { pool } = await embedded.openEmbeddedPostgres({ folder, durability: '${durability}' });
      await pool.query('create table if not exists acknowledged (durability text, n int)');
      for (let n = 1; ; n++) { await pool.query("insert into acknowledged values ('${durability}', $1)", [n]); console.log(n); }`;
    let acknowledged = 0;
    for (let round = 1; round <= rounds; round++) {
      const writer = otherProcess(folder, write);
      let last = 0;
      while (last < 20 * round) last = Number(await writer.line());
      await writer.kill();
      acknowledged += last;
    }
    const { rows } = await use(({ pool }) => pool.query('select count(*)::int as n from acknowledged where durability = $1', [durability]));
    expect(acknowledged).toBeGreaterThan(0);
    expect(rows[0].n).toBeGreaterThanOrEqual(acknowledged);
  });
});

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}
