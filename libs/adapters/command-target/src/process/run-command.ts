import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '@sluice/kernel';
import { endMarked, type RunMark, signalGroup } from './end-processes.js';
import { KeptOutput } from './kept-output.js';

export interface MachineCommand {
  /** Must be in the environment, too. Without one, only what stays in the command's group is ended: it may start what is to go on. */
  readonly mark?: RunMark;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
  /** Whether the signal asks it to end first, as its deadline does: for what should not be cut off in the middle. */
  readonly asked?: boolean;
}

/** `lost`: the signal ended it. */
export interface CommandOutcome {
  readonly outcome: 'exited' | 'timed-out' | 'not-started' | 'lost';
  readonly exitCode?: number;
  readonly signal?: string;
  readonly durationMs: number;
  readonly message: string;
  readonly output: string;
}

/** Between asking a late command to end and ending it. */
const GRACE_MS = 2_000;
/** For what is still in the pipes when everything has ended. */
const DRAIN_MS = 500;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It never ran. */
  readonly error?: Error;
}

/** Runs a command to its end, its deadline or the signal. Whatever it has started, as far as its mark says, has ended when this returns. */
export async function runCommand(command: MachineCommand, stop: AbortSignal): Promise<CommandOutcome> {
  const began = performance.now();
  const output = new KeptOutput();
  const child = start(command);
  if (child instanceof Error) return { outcome: 'not-started', durationMs: 0, message: reasonOf(command, child), output: '' };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => output.add(chunk));
  const { ended, late } = await watch(child, command, stop);
  const durationMs = Math.round(performance.now() - began);
  signalGroup(child.pid, 'SIGKILL');
  if (command.mark) await endMarked(command.mark);
  await drain(child);
  if (ended.error) return { outcome: 'not-started', durationMs, message: reasonOf(command, ended.error), output: output.text() };
  if (stop.aborted) return { outcome: 'lost', durationMs, message: 'the agent ended while it ran', output: output.text() };
  const base = { durationMs, message: '', output: output.text(), ...(ended.code !== null && { exitCode: ended.code }), ...(ended.signal !== null && { signal: ended.signal }) };
  return { ...base, outcome: late ? 'timed-out' : 'exited' };
}

function start({ argv, cwd, environment }: MachineCommand): ChildProcess | Error {
  const [program = '', ...args] = argv;
  try {
    // a group of its own, that is ended as a whole
    return spawn(program, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error));
  }
}

async function watch(child: ChildProcess, { timeout, asked = false }: MachineCommand, stop: AbortSignal): Promise<{ readonly ended: Ended; readonly late: boolean }> {
  let late = false;
  const timers: NodeJS.Timeout[] = [];
  const kill = (): void => signalGroup(child.pid, 'SIGKILL');
  const ask = (): void => {
    signalGroup(child.pid, 'SIGTERM');
    timers.push(setTimeout(kill, GRACE_MS));
  };
  const hurry = asked ? ask : kill;
  timers.push(
    setTimeout(() => {
      late = true;
      ask();
    }, timeout),
  );
  stop.addEventListener('abort', hurry, { once: true });
  if (stop.aborted) hurry();
  try {
    return { ended: await endOf(child), late };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    stop.removeEventListener('abort', hurry);
  }
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** Somebody who got away may hold the pipes open for ever. */
async function drain(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  const closed = Promise.all(streams.map((stream) => new Promise<void>((resolve) => (stream.closed ? resolve() : void stream.once('close', () => resolve())))));
  const waiting = new AbortController();
  await Promise.race([closed, pause(DRAIN_MS, undefined, { signal: waiting.signal }).catch(() => undefined)]);
  waiting.abort();
  for (const stream of streams) stream.destroy();
}

function reasonOf({ argv: [program = ''] }: MachineCommand, error: Error): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return `there is no ${program} (or not the interpreter that its first line names)`;
  if (code === 'EACCES') return `${program} is not executable: chmod +x it, and commit that`;
  return messageOf(error);
}
