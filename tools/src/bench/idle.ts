import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { LocalSystem, servicesAvailable, startPostgres, startRedis } from '@sluice/testing';
import type { SystemOptions } from '@sluice/testing';
import { report } from './measure.js';

const MINUTE = 60_000;
/** Clock ticks a second of /proc/<pid>/stat (USER_HZ). */
const TICKS = 100;

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
    const before = await Promise.all(children.map((child) => ticksOf(child.pid)));
    await pause(MINUTE);
    for (const [index, child] of children.entries()) {
      const cpu = (((await ticksOf(child.pid)) - (before[index] ?? 0)) / TICKS / (MINUTE / 1000)) * 100;
      const name = `${combination}: ${child.name}`;
      report({ bench: 'idle', measure: `${name} memory`, value: await residentMiB(child.pid), unit: 'MiB', goal: `at most ${child.name === 'server' ? serverGoal : 90}` });
      report({ bench: 'idle', measure: `${name} CPU of a core`, value: cpu, unit: '%', goal: 'at most 2' });
    }
  } finally {
    await system.stop();
  }
}

interface Child {
  readonly pid: number;
  readonly name: string;
}

async function childrenOf(parent: number): Promise<readonly Child[]> {
  const children: Child[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    if (Number(fieldsOf(stat)[1]) !== parent) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    children.push({ pid: Number(entry), name: command.includes('server') ? 'server' : 'agent' });
  }
  return children;
}

/** Fields of /proc/<pid>/stat after the command's name (proc(5)). */
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function ticksOf(pid: number): Promise<number> {
  const fields = fieldsOf(await readFile(`/proc/${pid}/stat`, 'utf8'));
  return Number(fields[11]) + Number(fields[12]);
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}
