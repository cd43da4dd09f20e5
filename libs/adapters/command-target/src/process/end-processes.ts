import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** A variable that every process of a run has inherited, and the run's own value of it. */
export interface RunMark {
  readonly variable: string;
  readonly run: string;
}

const ROUNDS = 20;
const BETWEEN_ROUNDS_MS = 25;

/** Sends a signal to a process and all of its group. */
export function signalGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // it has ended
  }
}

/**
 * Kills what has a run's mark in its environment, also what has left its process group, or whose agent was killed. Linux only: elsewhere there is no `/proc` to find it in. Again until nothing is
 * left, since what is being killed may start others.
 */
export async function endMarked(mark: RunMark): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await markedWith(mark);
    if (found.length === 0) return;
    for (const pid of found) kill(pid);
    await pause(BETWEEN_ROUNDS_MS);
  }
}

async function markedWith({ variable, run }: RunMark): Promise<readonly number[]> {
  const mark = `\0${variable}=${run}\0`;
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((name) => /^\d+$/.test(name)).map(Number);
  const marked = await Promise.all(pids.map(async (pid) => `\0${await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')}`.includes(mark)));
  return pids.filter((pid, at) => marked[at] === true && pid !== process.pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
