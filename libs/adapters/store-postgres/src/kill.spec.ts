import { openEmbeddedPostgres } from '@sluice/embedded-postgres';
import { lockFolder } from '@sluice/runtime';
import { findingsOf } from '@sluice/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { migrate } from './migrate.js';
import { createStore } from './create-store.js';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const ROUNDS = 2;

// Writes two effects, an event and an entry of the audit a transaction, in several at once, and says each number only when its transaction is acknowledged.
const WRITER = `
  import { openEmbeddedPostgres } from '@sluice/embedded-postgres';
  import { lockFolder } from '@sluice/runtime';
  import { createStore, migrate } from './dist/index.js';
  process.stdin.on('end', () => process.exit(1)).resume();
  const { pool } = await openEmbeddedPostgres({ folder: process.argv[1], lock: lockFolder });
  await migrate(pool);
  const { transactions, outbox, events, auditStore } = createStore(pool);
  const write = async (number) => {
    await transactions.run(async () => {
      await outbox.add('writes', [{ idempotencyKey: number + 'a', effect: {} }]);
      await events.append({ type: 'test', message: number });
      await auditStore.append([{ at: new Date().toISOString(), who: { kind: 'person', name: 'ada' }, door: 'api', action: number, place: {} }]);
      await outbox.add('writes', [{ idempotencyKey: number + 'b', effect: {} }]);
    });
    console.log(number);
  };
  for (let number = 0; ; number++) await Promise.all([write(process.argv[2] + '-' + number + 'x'), write(process.argv[2] + '-' + number + 'y')]);
`;

describe('a server on the embedded database that is killed', () => {
  it('has lost nothing that it had acknowledged, and keeps no half transaction', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'sluice-kill-'));
    const folder = join(parent, 'database');
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) acknowledged.push(...(await writeAndKill(folder, round, 10 + round * 7)));
    const embedded = await openEmbeddedPostgres({ folder, lock: lockFolder });
    await migrate(embedded.pool);
    const store = createStore(embedded.pool);
    const keys = new Set((await store.outbox.pending('writes', 100_000)).map(({ idempotencyKey }) => idempotencyKey));
    const told = new Set((await store.events.after(undefined, 100_000)).events.map(({ message }) => message));
    const audited = new Set((await store.auditStore.after(0, 100_000)).map(({ found }) => found.action));
    const findings = await findingsOf(store.auditStore);
    await embedded.close();
    await rm(parent, { recursive: true, force: true });
    expect(acknowledged.length).toBeGreaterThan(ROUNDS * 10);
    expect(acknowledged.filter((number) => !(keys.has(`${number}a`) && keys.has(`${number}b`) && told.has(number)))).toEqual([]);
    expect(findings).toEqual([]);
    expect(audited).toEqual(told);
    expect([...keys].filter((key) => !keys.has(key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a')))).toEqual([]);
  }, 90_000);
});

async function writeAndKill(folder: string, round: number, enough: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, folder, String(round)], { cwd: PROJECT, stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === enough) child.kill('SIGKILL');
  }
  await closed;
  return acknowledged;
}
