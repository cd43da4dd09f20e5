import { cleanStderr, tellingLine } from './clean-stderr.js';
import { count } from './git-counters.js';
import { GitFailed, type GitFailureReason } from './git-failed.js';
import { type GitChild, type GitSpawnOptions, spawnGit } from './spawn-git.js';

export interface GitOptions extends GitSpawnOptions {
  /** Written to standard input, which is then closed. */
  readonly input?: string | Uint8Array;
  /** Milliseconds. Default 60,000. */
  readonly deadline?: number;
  /** Of standard output. Default 16 MiB. */
  readonly maxOutputBytes?: number;
  /** Exit codes beside 0 that are answers, not failures (`merge-base --is-ancestor`: 1). */
  readonly answers?: readonly number[];
}

export interface GitOutput {
  readonly stdout: Buffer;
  /** Cleaned: no secrets, no control characters. */
  readonly stderr: string;
  readonly exitCode: number;
}

const DEADLINE = 60_000;
const MAX_OUTPUT = 16 * 1024 * 1024;
const MAX_STDERR = 64 * 1024;

/**
 * Runs git to its end. Put `--end-of-options` before anything that you did not write yourself, or check it with `checkObjectName` and `checkRefName`.
 * @throws GitFailed when it exits otherwise, takes longer, writes more or cannot be started.
 */
export async function runGit(args: readonly string[], options: GitOptions = {}): Promise<GitOutput> {
  const child = spawnGit(args, { ...options, deadline: options.deadline ?? DEADLINE });
  const collected = collect(child, options.maxOutputBytes ?? MAX_OUTPUT);
  child.process.stdin.end(options.input ?? '');
  try {
    return judge(child, await collected, options);
  } catch (error) {
    count('failed');
    throw error;
  }
}

interface Collected {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly overflow: boolean;
}

function collect(child: GitChild, maxOutputBytes: number): Promise<Collected> {
  const stdout: Buffer[] = [];
  let stderr = '';
  let size = 0;
  let overflow = false;
  child.process.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxOutputBytes) stdout.push(chunk);
    else if (!overflow) {
      overflow = true;
      stdout.length = 0;
      child.kill('stopped');
    }
  });
  child.process.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-MAX_STDERR);
  });
  return new Promise((resolve, reject) => {
    child.process.once('error', (cause) => reject(cannotStart(child.command, cause)));
    child.process.once('close', (exitCode) => resolve({ stdout: Buffer.concat(stdout), stderr, exitCode, overflow }));
  });
}

function judge(child: GitChild, ended: Collected, options: GitOptions): GitOutput {
  const stderr = cleanStderr(ended.stderr, options.credential);
  const { exitCode } = ended;
  const [reason, message] = stopped(child, ended, options) ?? unexpected(exitCode, stderr, options) ?? [];
  if (reason !== undefined || exitCode === null) {
    throw new GitFailed(`git ${child.command} ${message ?? `was killed by ${child.process.signalCode ?? 'a signal'}`}`, {
      reason: reason ?? 'died',
      command: child.command,
      stderr,
      ...(exitCode === null ? {} : { exitCode }),
    });
  }
  return { stdout: ended.stdout, stderr, exitCode };
}

type Judgement = readonly [GitFailureReason, string] | undefined;

/** We ended it. */
function stopped(child: GitChild, { overflow }: Collected, options: GitOptions): Judgement {
  if (overflow) return ['output-limit', `wrote more than ${options.maxOutputBytes ?? MAX_OUTPUT} bytes`];
  if (child.killed() === 'deadline') return ['deadline', `took longer than ${options.deadline ?? DEADLINE} ms and was ended`];
  return child.killed() === 'aborted' ? ['aborted', 'was ended because its caller gave up'] : undefined;
}

/** It ended by itself, and not well. */
function unexpected(exitCode: number | null, stderr: string, options: GitOptions): Judgement {
  if (exitCode === null || exitCode === 0 || options.answers?.includes(exitCode)) return undefined;
  return ['exit', `failed with exit code ${exitCode}: ${tellingLine(stderr)}`];
}

/** Node's error for a missing program and for a missing working directory is the same. */
export function cannotStart(command: string, cause: Error): GitFailed {
  const message = `git ${command} could not be started: is git on the PATH, and does the repository's folder exist?`;
  return new GitFailed(message, { reason: 'spawn', command, cause });
}
