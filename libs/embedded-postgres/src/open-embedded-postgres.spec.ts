import { jest } from '@jest/globals';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { embeddedTemplate, otherProcess, temporaryFolder, type OtherProcess } from '@sluice/testing';
import { openEmbeddedPostgres, type EmbeddedPostgres } from './open-embedded-postgres.js';

jest.setTimeout(180_000);

// A process of its own runs what is built.
const BUILT = new URL('../dist/index.js', import.meta.url).href;
/** The folders of these tests have one user at a time. */
const alone = async (folder: string) => {
  await mkdir(folder, { recursive: true });
  return { release: () => Promise.resolve() };
};

function run(folder: string, program: string): OtherProcess {
  return otherProcess({ module: BUILT, folder, program: `const lock = async () => ({ release: async () => undefined }); ${program}` });
}

describe('the database of a folder', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeAll(async () => ({ folder, remove } = await temporaryFolder()));
  afterAll(() => remove());

  async function use<T>(work: (database: EmbeddedPostgres) => Promise<T>): Promise<T> {
    const database = await openEmbeddedPostgres({ folder, lock: alone });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  it('is not there when the process that creates it is killed, and then created as if nothing had been', async () => {
    const creator = run(folder, `built.openEmbeddedPostgres({ folder, lock }); console.log('creating');`);
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
      const { pool, close } = await openEmbeddedPostgres({ folder: join(place.folder, name), template, lock: alone });
      await pool.query('create table mine (n int)');
      await close();
    }
    expect((await readdir(place.folder)).toSorted()).toEqual(['first', 'second', 'template']);
    await place.remove();
  });

  it('is locked before anything in it is touched, until it is closed or cannot be opened', async () => {
    const place = await temporaryFolder();
    const steps: string[] = [];
    const lock = async (locked: string) => {
      steps.push(`locked: ${(await readdir(locked)).join()}`);
      return { release: async () => void steps.push(`released: ${(await readdir(locked)).join()}`) };
    };
    await expect(openEmbeddedPostgres({ folder: place.folder, lock, template: '/dev/null/template' })).rejects.toThrow();
    expect(steps.splice(0)).toEqual(['locked: ', 'released: ']);

    const database = await openEmbeddedPostgres({ folder: place.folder, lock, template: embeddedTemplate() });
    expect(steps).toEqual(['locked: ']);
    await database.close();
    expect(steps).toEqual(['locked: ', 'released: database']);
    await place.remove();
  });

  it('is left alone when it is locked', async () => {
    const place = await temporaryFolder();
    await expect(openEmbeddedPostgres({ folder: place.folder, lock: () => Promise.reject(new Error('in use')) })).rejects.toThrow('in use');
    expect(await readdir(place.folder)).toEqual([]);
    await place.remove();
  });

  it.each([
    ['relaxed', 5],
    ['power-safe', 1],
  ] as const)('loses no acknowledged row to kill -9 (%s, %d rounds)', async (durability, rounds) => {
    const write = `const { pool } = await built.openEmbeddedPostgres({ folder, lock, durability: '${durability}' });
      await pool.query('create table if not exists acknowledged (durability text, n int)');
      for (let n = 1; ; n++) { await pool.query("insert into acknowledged values ('${durability}', $1)", [n]); console.log(n); }`;
    let acknowledged = 0;
    for (let round = 1; round <= rounds; round++) {
      const writer = run(folder, write);
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
