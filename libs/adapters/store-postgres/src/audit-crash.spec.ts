import { describeOnServices, findingsOf, startCrashingPostgres, type CrashingPostgres } from '@sluice/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { createStore } from './create-store.js';
import { migrate } from './migrate.js';
import { createPostgresPool } from './postgres-pool.js';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const WRITERS = 3;
/** A writer is killed each time that so many more writes were acknowledged, by whomever. */
const KILL_EVERY = 60;
const KILLS = 4;

// Writes an event, two effects and two entries of the audit a transaction, in several at once, and gives some of them up. Says each name only when its transaction is acknowledged; goes on when the database is gone.
const WRITER = `
  import { createPostgresPool, createStore, migrate } from './dist/index.js';
  process.stdin.on('end', () => process.exit(1)).resume();
  const pool = createPostgresPool(process.argv[1], { max: 4 });
  const { transactions, outbox, events, auditStore } = createStore(pool);
  const entry = (action) => ({ at: new Date().toISOString(), who: { kind: 'person', name: 'ada' }, door: 'api', action, place: {} });
  const write = (name, number) => transactions.run(async () => {
    await auditStore.append([entry(name)]);
    await outbox.add('writes', [{ idempotencyKey: name + ':a', effect: {} }]);
    await events.append({ type: 'test', message: name });
    await auditStore.append([entry(name + ':too')]);
    await outbox.add('writes', [{ idempotencyKey: name + ':b', effect: {} }]);
    if (number % 7 === 0) throw new Error('given up');
  });
  async function go(line) {
    for (let number = 1; ; number++) {
      const name = process.argv[2] + '-' + line + '-' + number;
      await write(name, number).then(() => console.log(name), () => new Promise((resolve) => setTimeout(resolve, 20)));
    }
  }
  for (const line of 'wxyz') void go(line);
`;

class Writers {
  readonly acknowledged: string[] = [];
  readonly #children = new Map<number, ChildProcess>();
  #started = 0;

  constructor(private readonly url: string) {}

  start(): void {
    const id = ++this.#started;
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, this.url, String(id)], { cwd: PROJECT, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#children.set(id, child);
    createInterface({ input: child.stdout }).on('line', (line) => void this.acknowledged.push(line));
  }

  /** kill -9 of the one that runs longest. */
  async killOldest(): Promise<void> {
    const [oldest] = this.#children;
    if (!oldest) return;
    const [id, child] = oldest;
    this.#children.delete(id);
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  /** Until so many more writes were acknowledged. */
  async until(more: number): Promise<void> {
    const wanted = this.acknowledged.length + more;
    while (this.acknowledged.length < wanted) {
      for (const { exitCode, signalCode } of this.#children.values()) if (exitCode !== null || signalCode !== null) throw new Error('a writer has ended by itself');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async killAll(): Promise<void> {
    while (this.#children.size > 0) await this.killOldest();
  }
}

describeOnServices('the audit of many servers', () => {
  let postgres: CrashingPostgres;
  let pool: pg.Pool;
  let writers: Writers;
  beforeAll(async () => {
    postgres = await startCrashingPostgres();
    // connections break when the server does
    pool = createPostgresPool(postgres.url, { onError: () => undefined });
    await migrate(pool);
    writers = new Writers(postgres.url);
  }, 60_000);
  afterAll(async () => {
    await writers?.killAll();
    await pool?.end();
    await postgres?.stop();
  });

  const column = async (statement: string): Promise<readonly string[]> => (await pool.query<{ found: string }>(statement)).rows.map(({ found }) => found);

  it('has an entry for each write and none without, in one chain, when servers and then the database itself are killed', async () => {
    for (let count = 0; count < WRITERS; count++) writers.start();
    for (let kills = 0; kills < KILLS; kills++) {
      await writers.until(KILL_EVERY);
      if (kills === KILLS / 2) await postgres.crash();
      await writers.killOldest();
      writers.start();
    }
    await writers.until(KILL_EVERY);
    await writers.killAll();
    // whoever was killed may still be at work in the database
    while ((await column("select pid as found from pg_stat_activity where application_name = 'sluice' and state <> 'idle' and pid <> pg_backend_pid()")).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));

    const audited = await column('select action as found from sluice.audit_entries order by sequence');
    const told = await column("select document->>'message' as found from sluice.events");
    const effects = await column('select idempotency_key as found from sluice.outbox');
    expect(await findingsOf(createStore(pool).auditStore)).toEqual([]);
    expect(await column('select sequence::text as found from sluice.audit_entries order by sequence')).toEqual(audited.map((_, index) => String(index + 1)));
    // both entries of a write stand next to each other, and each write has its own
    const written = audited.filter((_, index) => index % 2 === 0);
    expect(audited).toEqual(written.flatMap((name) => [name, `${name}:too`]));
    expect(written.toSorted()).toEqual(told.toSorted());
    expect(effects.toSorted()).toEqual(written.flatMap((name) => [`${name}:a`, `${name}:b`]).toSorted());
    expect(writers.acknowledged.filter((name) => !told.includes(name))).toEqual([]);
    expect(written.filter((name) => Number(name.split('-')[2]) % 7 === 0)).toEqual([]);
    expect(writers.acknowledged.length).toBeGreaterThan(KILL_EVERY * KILLS);
  }, 240_000);
});
