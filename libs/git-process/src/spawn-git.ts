import { spawn } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import { count, countProcess } from './git-counters.js';
import { type GitEnvironmentOptions, gitEnvironment } from './git-environment.js';
import { badArgument } from './git-failed.js';
import { launch } from './launcher/git-launcher.js';

export interface GitSpawnOptions extends GitEnvironmentOptions {
  /** The repository; git looks for none when it is absent. */
  readonly gitDir?: string;
  /** Default: `gitDir`, else the folder for temporary files. */
  readonly cwd?: string;
  /** Added to the clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until the whole process group is ended; absent: none. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
  /** Another program of git's, by its path (`gitBackendPath`): through `git` itself it would start 3 ms later. */
  readonly program?: string;
  /** Never by a launcher: for a process that lives long and talks much. */
  readonly direct?: boolean;
}

/** What a child process of our own and one that a launcher has started have in common: streams, and the events `spawn`, `error`, `exit` and `close`. */
export interface GitProcess extends EventEmitter {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Absent before `spawn`, and when it could not be started. */
  readonly pid?: number | undefined;
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
}

export interface GitChild {
  readonly process: GitProcess;
  /** The subcommand. */
  readonly command: string;
  /** Ends git and everything that it started: SIGTERM, so that it takes its lock files along, and SIGKILL a second later. */
  kill(why: 'deadline' | 'aborted' | 'stopped'): void;
  /** Why it was killed; undefined when it was not. */
  killed(): 'deadline' | 'aborted' | 'stopped' | undefined;
}

const GRACE = 1_000;
const groups = new Set<number>();
let watchingExit = false;

/**
 * Starts git in a process group of its own with a clean environment. For streaming; otherwise use `runGit`. Listen to `process` for `error` (git is not installed) and `close`.
 * @throws GitFailed for arguments that carry a secret or a NUL.
 */
export function spawnGit(args: readonly string[], options: GitSpawnOptions): GitChild {
  const command = args[0] ?? basename(options.program ?? 'git');
  guardArguments(command, args, options);
  return superviseGroup(start(args, options), command, options);
}

function start(args: readonly string[], options: GitSpawnOptions): GitProcess {
  const gitDir = options.gitDir === undefined ? undefined : resolve(options.gitDir);
  const order = {
    program: options.program ?? 'git',
    args: gitDir === undefined ? args : [`--git-dir=${gitDir}`, ...args],
    cwd: options.cwd ?? gitDir ?? tmpdir(),
    env: { ...gitEnvironment(options), ...options.env },
  };
  const launched = options.direct ? undefined : launch(order);
  if (launched) return launched;
  const child = spawn(order.program, order.args, { cwd: order.cwd, env: order.env, stdio: 'pipe', detached: true });
  remember(child.pid);
  child.once('close', () => groups.delete(child.pid ?? 0));
  return child;
}

function superviseGroup(child: GitProcess, command: string, options: GitSpawnOptions): GitChild {
  const countEnd = countProcess(command);
  let over = false;
  let killed: ReturnType<GitChild['killed']>;
  let sentence: NodeJS.Timeout | undefined;
  const kill: GitChild['kill'] = (why) => {
    if (killed || over) return;
    killed = why;
    if (why === 'deadline') count('timedOut');
    sentence = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE);
    if (child.pid === undefined) child.once('spawn', () => signalGroup(child.pid, 'SIGTERM'));
    else signalGroup(child.pid, 'SIGTERM');
  };
  const onAbort = (): void => kill('aborted');
  const timer = options.deadline === undefined ? undefined : setTimeout(() => kill('deadline'), options.deadline);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted) onAbort();
  // a broken pipe says only that git has ended; its exit says why
  child.stdin.on('error', () => undefined);
  const end = (): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    clearTimeout(sentence);
    options.signal?.removeEventListener('abort', onAbort);
    countEnd();
  };
  // a process that never was has no `close`
  child.once('error', end);
  child.once('close', end);
  return { process: child, command, kill, killed: () => killed };
}

function guardArguments(command: string, args: readonly string[], options: GitSpawnOptions): void {
  const secret = options.credential?.password;
  for (const arg of args) {
    if (arg.includes('\0')) throw badArgument(command, `git ${command}: an argument contains a NUL character`);
    if (/^\w+:\/\/[^/\s]*:[^/\s]*@/.test(arg)) throw badArgument(command, `git ${command}: the URL carries a password; pass it as a credential instead`);
    if (secret && arg.includes(secret)) throw badArgument(command, `git ${command}: an argument carries the credential`);
  }
}

function remember(pid: number | undefined): void {
  if (pid === undefined) return;
  groups.add(pid);
  if (watchingExit) return;
  watchingExit = true;
  // they are not in our process group, so a Ctrl-C at the terminal does not reach them
  process.once('exit', () => groups.forEach((group) => signalGroup(group, 'SIGTERM')));
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // already gone
  }
}
