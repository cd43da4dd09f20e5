import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { otherProcess, temporaryFolder } from './embedded.fixture.js';
import { FolderLocked } from './folder-locked.js';
import { openEmbeddedPostgres, type EmbeddedPostgres } from './open-embedded-postgres.js';

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

  it('is refused to a second process, which leaves it unharmed', async () => {
    await use(async ({ pool }) => {
      const second = otherProcess(folder, `await embedded.openEmbeddedPostgres({ folder }).catch((error) => console.log(error.message));`);
      expect(await second.line()).toContain(`in use by process ${process.pid}`);
      await second.kill();
      await expect(openEmbeddedPostgres({ folder })).rejects.toThrow(FolderLocked);
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });
  });

  it.each(['relaxed', 'power-safe'] as const)('loses no acknowledged row to kill -9 (%s)', async (durability) => {
    let acknowledged = 0;
    const write = `const { pool } = await embedded.openEmbeddedPostgres({ folder, durability: '${durability}' });
      await pool.query('create table if not exists acknowledged (round int, n int)');
      for (let n = 1; ; n++) { await pool.query('insert into acknowledged values ($1, $2)', [ROUND, n]); console.log(n); }`;
    for (let round = 1; round <= 5; round++) {
      const writer = otherProcess(folder, `const ROUND = ${durability === 'relaxed' ? round : 100 + round}; ${write}`);
      let last = 0;
      while (last < 20 * round) last = Number(await writer.line());
      await writer.kill();
      acknowledged += last;
    }
    const from = durability === 'relaxed' ? 0 : 100;
    const { rows } = await use(({ pool }) => pool.query('select count(*)::int as n from acknowledged where round between $1 and $1 + 99', [from]));
    expect(rows[0].n).toBeGreaterThanOrEqual(acknowledged);
  });
});

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}
