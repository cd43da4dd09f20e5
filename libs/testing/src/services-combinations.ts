import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from './services-postgres.js';
import { startRedis, type RunningRedis } from './services-redis.js';
import { missingServices } from './services.js';

/** Fresh services of one suite. */
export type Services =
  /** `folder` is empty and the suite's own: PGlite goes there, as a copy of `template`, which all suites of this machine share. */
  | { readonly kind: 'embedded'; readonly folder: string; readonly template: string; stop(): Promise<void> }
  | { readonly kind: 'postgres+redis'; readonly databaseUrl: string; readonly redis: RunningRedis; stop(): Promise<void> };

/** One of the two supported ways to run the server. */
export interface Combination {
  readonly name: Services['kind'];
  start(): Promise<Services>;
}

const EMBEDDED: Combination = { name: 'embedded', start: startEmbedded };
const POSTGRES_REDIS: Combination = { name: 'postgres+redis', start: startReal };

/**
 * Runs a suite once on the embedded services and once on PostgreSQL and Redis. Where those are not installed it says loudly what was not covered; in CI that is a failure.
 */
export function describeCombinations(title: string, suite: (combination: Combination) => void): void {
  describe(`${title} (embedded)`, () => suite(EMBEDDED));
  describeOnServices(title, suite);
}

/** Like {@link describeCombinations}, on PostgreSQL and Redis only: for what one session cannot show (concurrency). */
export function describeOnServices(title: string, suite: (combination: Combination) => void): void {
  const missing = missingServices();
  if (missing.length === 0) describe(`${title} (postgres+redis)`, () => suite(POSTGRES_REDIS));
  else describe(`${title} (postgres+redis)`, () => reportUncovered(title, missing));
}

function reportUncovered(title: string, missing: readonly string[]): void {
  const message = `NOT COVERED: "${title}" on PostgreSQL and Redis, because ${missing.join(' and ')} is missing. Run the tests with SLUICE_SETUP=1 to install it.`;
  process.stderr.write(`\n${message}\n`);
  if (process.env['CI']) it('runs where PostgreSQL and Redis are', () => Promise.reject(new Error(message)));
  else it.skip('runs where PostgreSQL and Redis are', () => undefined);
}

async function startEmbedded(): Promise<Services> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-embedded-'));
  return { kind: 'embedded', folder, template: embeddedTemplate(), stop: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Where the tests of this user keep the embedded database that they copy. Change the number with PGlite's. */
export function embeddedTemplate(): string {
  return join(tmpdir(), `sluice-embedded-template-0.5.16-${process.getuid?.() ?? 0}`);
}

async function startReal(): Promise<Services> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const stop = async (): Promise<void> => {
    await Promise.all([postgres.stop(), redis.stop()]);
  };
  return { kind: 'postgres+redis', databaseUrl: postgres.url, redis, stop };
}
