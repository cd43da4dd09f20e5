import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedPostgres } from '@sluice/embedded-postgres';
import { instant, repositoryId } from '@sluice/kernel';
import { parsePipeline } from '@sluice/pipeline';
import { lockFolder } from '@sluice/runtime';
import { createPostgresPool, createStore, migrate, type Store } from '@sluice/store-postgres';
import { servicesAvailable, startPostgres } from '@sluice/testing';
import { ReadDelivery } from '@sluice/usecases';
import { percentile, report, timed } from './measure.js';
import { DEV, fillRecord, FIRST_DAY, YEAR, type RecordSize } from './fill-record.js';

const BENCH = repositoryId('bench');
const APPLICATIONS = 100;
const TARGETS = 5;
const ROUNDS = 5;
const DAY = 86_400_000;
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: bench }
spec:
  environments:
    - { name: ${DEV} }
${Array.from({ length: TARGETS }, (_, index) => `    - { name: env-${index + 1}, from: [${index === 0 ? DEV : `env-${index}`}] }`).join('\n')}
  applications:
${Array.from({ length: APPLICATIONS }, (_, index) => `    - { name: app-${index + 1}, paths: ["apps/app-${index + 1}/**"] }`).join('\n')}
`;

type Pool = ReturnType<typeof createPostgresPool>;

/** Delivery metrics by lane from the record of a year (52,500 deployments, 100 applications in 5 environments), against counting the same rows; on both databases. */
export async function benchMetrics(deployments = 52_500): Promise<void> {
  await onEmbedded((pool, store) => measure('embedded', { pool, store }, deployments));
  if (!servicesAvailable()) return void process.stderr.write('NOT MEASURED on PostgreSQL: it is not installed\n');
  const postgres = await startPostgres();
  const pool = createPostgresPool(postgres.url);
  try {
    await migrate(pool);
    await measure('postgres', { pool, store: createStore(pool) }, deployments);
  } finally {
    await pool.end();
    await postgres.stop();
  }
}

async function onEmbedded(work: (pool: Pool, store: Store) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const embedded = await openEmbeddedPostgres({ folder: join(folder, 'database'), lock: lockFolder });
  try {
    await migrate(embedded.pool);
    await work(embedded.pool, createStore(embedded.pool, { vacuums: true }));
  } finally {
    await embedded.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(name: string, { pool, store }: { readonly pool: Pool; readonly store: Store }, deployments: number): Promise<void> {
  const size: RecordSize = { repository: BENCH, applications: APPLICATIONS, targets: TARGETS, eachLane: Math.ceil(deployments / APPLICATIONS / TARGETS) };
  await store.repositories.add({ id: BENCH, forge: 'builtin', configBranch: 'main', createdAt: instant(FIRST_DAY - DAY) });
  await store.repositories.savePipeline({ repository: BENCH, ...parsePipeline(PIPELINE) });
  await fillRecord(pool, size);
  const now = instant(FIRST_DAY + YEAR + DAY);
  const read = new ReadDelivery(store, () => now);
  for (const days of [365, 30]) {
    const from = new Date(now - days * DAY).toISOString();
    const to = new Date(now).toISOString();
    const whole = await repeated(() => read.run({ repository: BENCH, from, to, by: 'lane' }));
    const counted = await repeated(() => pool.query('select count(*) from sluice.promotions where repository = $1 and settled_at >= $2 and settled_at < $3', [BENCH, now - days * DAY, now]));
    report({ bench: 'metrics', measure: `${name}: ${days} days of ${size.eachLane * APPLICATIONS * TARGETS} deployments in a year`, value: whole, unit: 'ms', reference: { name: 'count of the same rows', value: counted }, goal: days === 365 ? 'value at most 5,000' : 'value at most 2,000' });
  }
}

/** The median. */
async function repeated(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await timed(work));
  return percentile(times, 0.5);
}
