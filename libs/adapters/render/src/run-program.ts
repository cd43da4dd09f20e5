import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { messageOf } from '@sluice/kernel';

export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  /** Its working directory and its home: an empty folder or one with the files that it is to read. */
  readonly folder: string;
  /** Milliseconds until its whole process group is killed. */
  readonly deadline: number;
  /** Of standard output. */
  readonly maxBytes: number;
}

export type ProgramResult = { readonly kind: 'ended'; readonly code: number | null; readonly stdout: Buffer; readonly stderr: string } | { readonly kind: 'deadline' } | { readonly kind: 'too-much' } | { readonly kind: 'not-started'; readonly message: string };

const MAX_STDERR = 16_384;
// nobody listens at the discard port of this machine: whatever asks the network by these gets no answer
const NOWHERE = 'http://127.0.0.1:9';
const running = new Set<number>();
let watchingExit = false;

/** Runs a program in a process group of its own, with nothing of our environment: no settings, no credentials, no other programs to find. Never rejects. */
export function runProgram(call: ProgramCall): Promise<ProgramResult> {
  const child = spawn(call.program, call.args, { cwd: call.folder, env: environmentIn(call.folder), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  remember(child);
  return new Promise((resolve) => {
    const stdout: Buffer[] = [];
    let [size, stderr] = [0, ''];
    let stopped: ProgramResult | undefined;
    const stop = (why: ProgramResult): void => {
      stopped ??= why;
      killGroup(child.pid);
    };
    const timer = setTimeout(() => stop({ kind: 'deadline' }), call.deadline);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > call.maxBytes) stop({ kind: 'too-much' });
      else stdout.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-MAX_STDERR)));
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ kind: 'not-started', message: messageOf(error) });
    });
    child.once('exit', () => killGroup(child.pid));
    child.once('close', (code) => {
      clearTimeout(timer);
      forget(child.pid);
      resolve(stopped ?? { kind: 'ended', code, stdout: Buffer.concat(stdout), stderr });
    });
  });
}

function environmentIn(folder: string): Record<string, string> {
  return {
    PATH: '',
    HOME: folder,
    TMPDIR: folder,
    XDG_CONFIG_HOME: folder,
    XDG_CACHE_HOME: folder,
    XDG_DATA_HOME: folder,
    KUBECONFIG: '/dev/null',
    HELM_PLUGINS: folder,
    HELM_NO_PLUGINS: '1',
    HTTP_PROXY: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    ALL_PROXY: NOWHERE,
    GOMAXPROCS: '1',
    GOMEMLIMIT: '256MiB',
    LC_ALL: 'C',
  };
}

function remember({ pid }: ChildProcessByStdio<null, Readable, Readable>): void {
  if (pid === undefined) return;
  running.add(pid);
  if (watchingExit) return;
  watchingExit = true;
  // they are not in our process group
  process.once('exit', () => running.forEach(killGroup));
}

function forget(pid: number | undefined): void {
  if (pid !== undefined) running.delete(pid);
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // already gone
  }
}
