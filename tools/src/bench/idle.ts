import { setTimeout as pause } from 'node:timers/promises';
import { LocalSystem, servicesAvailable, startPostgres, startRedis } from '@sluice/testing';
import type { SystemOptions } from '@sluice/testing';
import { report } from './measure.js';
import { childrenOf, cpuSeconds, memory } from './processes.js';

const MINUTE = 60_000;

/** What a system costs that has nothing to do, after some minutes (5): memory and CPU of the server and of an agent. */
export async function benchIdle(minutes = 5): Promise<void> {
  await idleOn('embedded', {}, minutes, 480);
  if (!servicesAvailable()) return void process.stderr.write('NOT MEASURED on PostgreSQL and Redis: they are not installed\n');
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  try {
    await idleOn('postgres+redis', { backing: { database: postgres.url, redis: redis.url } }, minutes, 200);
  } finally {
    await Promise.all([postgres.stop(), redis.stop()]);
  }
}

async function idleOn(combination: string, options: SystemOptions, minutes: number, serverGoal: number): Promise<void> {
  const system = await LocalSystem.start(options);
  try {
    await pause((minutes - 1) * MINUTE);
    const children = await childrenOf(system.pid);
    const before = await Promise.all(children.map(cpuSeconds));
    await pause(MINUTE);
    for (const [index, child] of children.entries()) {
      const cpu = (((await cpuSeconds(child)) - (before[index] ?? 0)) / (MINUTE / 1000)) * 100;
      const name = `${combination}: ${child.name}`;
      report({ bench: 'idle', measure: `${name} memory`, value: await memory(child), unit: 'MiB', goal: `at most ${child.name === 'server' ? serverGoal : 90}` });
      report({ bench: 'idle', measure: `${name} CPU of a core`, value: cpu, unit: '%', goal: 'at most 2' });
    }
  } finally {
    await system.stop();
  }
}
