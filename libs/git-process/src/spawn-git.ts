import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import { count, countProcess } from './git-counters.js';
import { type GitEnvironmentOptions, gitEnvironment } from './git-environment.js';
import { badArgument } from './git-failed.js';

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
}

export interface GitChild {
  readonly process: ChildProcessWithoutNullStreams;
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
  const gitDir = options.gitDir === undefined ? undefined : resolve(options.gitDir);
  const child = spawn(options.program ?? 'git', gitDir === undefined ? args : [`--git-dir=${gitDir}`, ...args], {
    cwd: options.cwd ?? gitDir ?? tmpdir(),
    env: { ...gitEnvironment(options), ...options.env },
    stdio: 'pipe',
    detached: true,
  });
  return superviseGroup(child, command, options);
}

function superviseGroup(child: ChildProcessWithoutNullStreams, command: string, options: GitSpawnOptions): GitChild {
  const ended = countProcess(command);
  let killed: ReturnType<GitChild['killed']>;
  let sentence: NodeJS.Timeout | undefined;
  const kill: GitChild['kill'] = (why) => {
    if (killed || child.pid === undefined || child.exitCode !== null) return;
    killed = why;
    if (why === 'deadline') count('timedOut');
    signalGroup(child.pid, 'SIGTERM');
    sentence = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE);
  };
  const onAbort = (): void => kill('aborted');
  const timer = options.deadline === undefined ? undefined : setTimeout(() => kill('deadline'), options.deadline);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted) onAbort();
  // a broken pipe says only that git has ended; its exit says why
  child.stdin.on('error', () => undefined);
  remember(child.pid);
  // without a pid there is no `close` for the streams of a process that never was
  child.once(child.pid === undefined ? 'error' : 'close', () => {
    clearTimeout(timer);
    clearTimeout(sentence);
    options.signal?.removeEventListener('abort', onAbort);
    if (child.pid !== undefined) groups.delete(child.pid);
    ended();
  });
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
