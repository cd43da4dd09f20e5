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
    const before = await Promise.all(children.map(cpuTicks));
    await pause(MINUTE);
    for (const [index, child] of children.entries()) {
      const cpu = (((await cpuTicks(child)) - (before[index] ?? 0)) / TICKS / (MINUTE / 1000)) * 100;
      const name = `${combination}: ${child.name}`;
      report({ bench: 'idle', measure: `${name} memory`, value: await memory(child), unit: 'MiB', goal: `at most ${child.name === 'server' ? serverGoal : 90}` });
      report({ bench: 'idle', measure: `${name} CPU of a core`, value: cpu, unit: '%', goal: 'at most 2' });
    }
  } finally {
    await system.stop();
  }
}

interface Child {
  readonly pid: number;
  readonly name: string;
  /** What it has started itself: the process that starts git for the server counts as a part of the server. */
  readonly started: readonly number[];
}

async function cpuTicks({ pid, started }: Child): Promise<number> {
  const ticks = await Promise.all([pid, ...started].map(ticksOf));
  return ticks.reduce((sum, value) => sum + value, 0);
}

/** Resident memory of the process, and of what it has started what only they have: the program's own pages are shared (proc(5): RssAnon). */
async function memory({ pid, started }: Child): Promise<number> {
  const own = await Promise.all(started.map((child) => mebibytes(child, 'RssAnon')));
  return own.reduce((sum, value) => sum + value, await mebibytes(pid, 'VmRSS'));
}

async function childrenOf(parent: number): Promise<readonly Child[]> {
  const processes = await allProcesses();
  const below = (pid: number): readonly number[] => processes.filter((process) => process.parent === pid).flatMap((process) => [process.pid, ...below(process.pid)]);
  const ours = processes.filter((process) => process.parent === parent);
  return ours.map(({ pid, command }) => ({ pid, name: command.includes('server') ? 'server' : 'agent', started: below(pid) }));
}

async function allProcesses(): Promise<readonly { readonly pid: number; readonly parent: number; readonly command: string }[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  return Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return { pid: Number(pid), parent: Number(fieldsOf(stat)[1]), command: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') };
    }),
  );
}

/** Fields of /proc/<pid>/stat after the command's name (proc(5)). */
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function ticksOf(pid: number): Promise<number> {
  // one that has ended meanwhile costs nothing any more
  const fields = fieldsOf(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
  return fields.length > 12 ? Number(fields[11]) + Number(fields[12]) : 0;
}

async function mebibytes(pid: number, field: 'VmRSS' | 'RssAnon'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024;
}
