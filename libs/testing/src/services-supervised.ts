import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';

/** A server that a test started. */
export interface SupervisedServer {
  /** The port on 127.0.0.1 that it was given. */
  readonly port: number;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  readonly name: string;
  /** A folder of its own, removed when the server ends. */
  readonly folder: string;
  readonly argv: (port: number) => readonly string[];
  /** The signal that ends it at once and cleanly. */
  readonly signal: 'INT' | 'TERM';
  readonly identity?: { readonly uid: number; readonly gid: number };
  /** Whether it comes back by itself when it was killed, as under a service manager. Default: false. */
  readonly restarts?: boolean;
  /** Rejects while the server does not answer yet. */
  readonly probe: (port: number) => Promise<void>;
}

const START_TIMEOUT = 30_000;
const ATTEMPTS = 3;

// Neither PostgreSQL nor Redis ends with the process that started it. This shell does: its standard input closes even when that process is killed.
const SUPERVISOR = `
folder=$1 signal=$2; shift 2
"$@" & server=$!
cat > /dev/null
kill -s "$signal" "$server" 2> /dev/null
wait "$server"
rm -rf -- "$folder"
`;

// The same, and starts it again until it is to end. The number of the process that runs now is in `pid`.
const RESTARTING_SUPERVISOR = `
folder=$1 signal=$2; shift 2
serve() { until [ -e "$folder/over" ]; do "$@" & echo $! > "$folder/pid"; wait $!; sleep 0.1; done; }
serve "$@" & loop=$!
cat > /dev/null
: > "$folder/over"
kill -s "$signal" "$(cat "$folder/pid")" 2> /dev/null
wait "$loop"
rm -rf -- "$folder"
`;

/** Starts a server on a free loopback port, tied to the life of this process. @throws Error with the end of the server's log when it does not come up. */
export async function startSupervised(command: ServerCommand): Promise<SupervisedServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const supervisor = launch(command, port);
    try {
      await untilUp(command, port, supervisor);
      return { port, stop: () => end(supervisor) };
    } catch (error) {
      const log = readLog(command.folder);
      // Somebody else may have taken the port between asking for it and using it.
      if (attempt < ATTEMPTS && /address already in use/i.test(log)) continue;
      await end(supervisor);
      throw new Error(`${command.name} did not start: ${log.trim().split('\n').slice(-5).join(' · ')}`, { cause: error });
    }
  }
}

function launch(command: ServerCommand, port: number): ChildProcess {
  const log = openSync(`${command.folder}/log`, 'w');
  const argv = ['-c', command.restarts === true ? RESTARTING_SUPERVISOR : SUPERVISOR, 'supervisor', command.folder, command.signal, ...command.argv(port)];
  // Detached: Ctrl-C in the terminal reaches the tests, and their end reaches the server.
  const supervisor = spawn('/bin/sh', argv, { stdio: ['pipe', log, log], detached: true, cwd: command.folder, ...command.identity });
  closeSync(log);
  supervisor.unref();
  (supervisor.stdin as Socket | null)?.unref();
  return supervisor;
}

async function untilUp(command: ServerCommand, port: number, supervisor: ChildProcess): Promise<void> {
  let failure: unknown;
  supervisor.once('error', (error) => (failure = error));
  for (const deadline = Date.now() + START_TIMEOUT; Date.now() < deadline; await sleep(25)) {
    try {
      return await command.probe(port);
    } catch (error) {
      failure ??= error;
      if (/FATAL|address already in use|unrecognized/i.test(readLog(command.folder)) && !/starting up/.test(String(error))) throw error;
    }
  }
  throw failure;
}

function readLog(folder: string): string {
  try {
    return readFileSync(`${folder}/log`, 'utf8');
  } catch {
    return '';
  }
}

async function end(supervisor: ChildProcess): Promise<void> {
  if (supervisor.exitCode !== null || supervisor.signalCode !== null) return;
  supervisor.ref();
  const closed = new Promise((resolve) => supervisor.once('exit', resolve));
  supervisor.stdin?.destroy();
  await closed;
}
