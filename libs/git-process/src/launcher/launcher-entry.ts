import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { type Socket, createServer } from 'node:net';
import { room } from '../room.js';
import { removeSocket } from './launcher-folder.js';
import { FRAME, type FrameKind, frame, jsonFrame } from './frames.js';
import type { LaunchFailed, LaunchOrder } from './order.js';

// The program of a launcher: a small process that starts git for a large one (see git-launcher.ts). One connection is one process: a line with the order, then its standard input; frames come back.
const LINE_FEED = 10;
const MAX_ORDER = 1_048_576;
const running = new Set<ChildProcessWithoutNullStreams>();

function readOrder(socket: Socket): void {
  let kept: Buffer = Buffer.alloc(0);
  // somebody who only looked whether we are here
  const leave = (): void => void socket.destroy();
  const onReadable = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
      kept = Buffer.concat([kept, chunk]);
      const end = kept.indexOf(LINE_FEED);
      if (end < 0 && kept.length <= MAX_ORDER) continue;
      socket.off('readable', onReadable).off('end', leave);
      if (end < 0) return void socket.destroy();
      if (kept.length > end + 1) socket.unshift(kept.subarray(end + 1));
      return launch(socket, JSON.parse(kept.subarray(0, end).toString('utf8')) as LaunchOrder);
    }
  };
  socket.on('readable', onReadable).once('end', leave);
}

function launch(socket: Socket, order: LaunchOrder): void {
  const child = start(order, (failed) => socket.end(jsonFrame(FRAME.failed, failed)));
  if (!child) return;
  running.add(child);
  socket.once('close', () => {
    if (child.exitCode === null && child.signalCode === null) end(child);
  });
  child.once('spawn', () => socket.write(jsonFrame(FRAME.started, { pid: child.pid })));
  feed(socket, child);
  const told = [tell(socket, child, 'stdout'), tell(socket, child, 'stderr')];
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void Promise.all([...told, exited]).then(() => {
    running.delete(child);
    socket.end(jsonFrame(FRAME.exited, { exitCode: child.exitCode, signalCode: child.signalCode }));
  });
}

/** Passes standard input on. What a process does not take any more is read and dropped: its exit must still be told over the same connection. */
function feed(socket: Socket, child: ChildProcessWithoutNullStreams): void {
  const drop = (): void => {
    socket.unpipe(child.stdin);
    socket.resume();
  };
  child.stdin.on('error', drop);
  child.once('exit', drop);
  socket.pipe(child.stdin);
}

function start(order: LaunchOrder, fail: (failed: LaunchFailed) => void): ChildProcessWithoutNullStreams | undefined {
  const refuse = (error: NodeJS.ErrnoException): void => fail({ message: error.message, ...(error.code === undefined ? {} : { code: error.code }) });
  try {
    const child = spawn(order.program, order.args, { cwd: order.cwd, env: order.env, stdio: 'pipe', detached: true });
    child.once('error', refuse);
    return child.pid === undefined ? undefined : child;
  } catch (error) {
    refuse(error as NodeJS.ErrnoException);
    return undefined;
  }
}

/** Passes a stream on at the speed of its reader; when that is gone, at full speed to nowhere, so that the process can end. */
async function tell(socket: Socket, child: ChildProcessWithoutNullStreams, stream: 'stdout' | 'stderr'): Promise<void> {
  const kind: FrameKind = FRAME[stream];
  for await (const chunk of child[stream]) {
    if (socket.destroyed) continue;
    socket.cork();
    const [head, payload] = frame(kind, chunk as Buffer);
    socket.write(head);
    const hasRoom = socket.write(payload);
    socket.uncork();
    if (!hasRoom) await room(socket);
  }
}

function end(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // already gone
  }
}

const [path = ''] = process.argv.slice(2);
const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => undefined);
  readOrder(socket);
});
server.listen(path, () => process.stdout.write('ready\n'));
// whoever started us is gone, however it ended, and may not have had the time to clear away
process.stdin.on('end', () => {
  running.forEach(end);
  void removeSocket(path).finally(() => process.exit(0));
});
process.stdin.resume();
// a Ctrl-C at the terminal is for whoever started us: it ends us in its order
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
