import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { administer, startServer, urlOf, type RunningPostgres } from './services-postgres.js';

/** A PostgreSQL server of a test's own. */
export interface CrashingPostgres extends RunningPostgres {
  /** kill -9 of all of its processes. It is started again at once, on the same port; resolves when it has recovered. */
  crash(): Promise<void>;
}

const RECOVERY = 60_000;

/** Starts a PostgreSQL that a test may kill. What it has acknowledged outlives that, as on a real one: only the machine itself must not fail. @throws Error when it is not installed. */
export async function startCrashingPostgres(): Promise<CrashingPostgres> {
  const { port, folder, stop } = await startServer({ restarts: true });
  return { url: urlOf(port, 'postgres'), stop, crash: () => crash(port, join(folder, 'pid')) };
}

async function crash(port: number, pidFile: string): Promise<void> {
  const before = readFileSync(pidFile, 'utf8');
  // its head first: it would start others in their place
  for (const pid of [Number(before), ...childrenOf(Number(before))]) kill(pid);
  for (const deadline = Date.now() + RECOVERY; ; await sleep(50)) {
    try {
      if (readFileSync(pidFile, 'utf8') === before) throw new Error('it was not started again');
      return await administer(port, 'select 1');
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** Each is in a process group of its own. Where the system does not list them they end by themselves, when they see that their head is gone. */
function childrenOf(pid: number): readonly number[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  return existsSync(list) ? readFileSync(list, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
