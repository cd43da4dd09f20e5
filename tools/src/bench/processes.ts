import { readFile, readdir } from 'node:fs/promises';

/** Clock ticks a second of /proc/<pid>/stat (USER_HZ). */
const TICKS = 100;

/** A process that a system has started. */
export interface Child {
  readonly pid: number;
  readonly name: string;
  /** What it has started itself: the process that starts git for the server counts as a part of the server. */
  readonly started: readonly number[];
}

/** Processor time so far, of the process and what it has started. */
export async function cpuSeconds({ pid, started }: Child): Promise<number> {
  const ticks = await Promise.all([pid, ...started].map(ticksOf));
  return ticks.reduce((sum, value) => sum + value, 0) / TICKS;
}

/** MiB of resident memory of the process, and of what it has started what only they have: the program's own pages are shared (proc(5): RssAnon). */
export async function memory({ pid, started }: Child): Promise<number> {
  const own = await Promise.all(started.map((child) => mebibytes(child, 'RssAnon')));
  return own.reduce((sum, value) => sum + value, await mebibytes(pid, 'VmRSS'));
}

/** Server and agents of a system, by the process that has started them. */
export async function childrenOf(parent: number): Promise<readonly Child[]> {
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
