import { EventEmitter } from 'node:events';
import { type Socket, connect } from 'node:net';
import { Readable, type Writable } from 'node:stream';
import { FRAME, FrameReader } from './frames.js';
import type { Exited, LaunchFailed, LaunchOrder } from './order.js';

/** A process that a launcher has started: as far as it is needed here, the same as a child process of our own. */
export class LaunchedProcess extends EventEmitter {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  pid: number | undefined;
  exitCode: number | null = null;
  signalCode: NodeJS.Signals | null = null;
  private ended = false;

  constructor(path: string, order: LaunchOrder) {
    super();
    const socket = connect({ path, allowHalfOpen: true });
    const read = (): void => void socket.resume();
    this.stdin = socket;
    this.stdout = new Readable({ read });
    this.stderr = new Readable({ read });
    socket.write(`${JSON.stringify(order)}\n`);
    const reader = new FrameReader((kind, payload) => this.onFrame(socket, kind, payload));
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.once('error', (error) => this.fail(error));
    socket.once('end', () => this.finish({ exitCode: null, signalCode: 'SIGKILL' }));
    socket.once('close', () => this.finish({ exitCode: null, signalCode: 'SIGKILL' }));
  }

  private onFrame(socket: Socket, kind: number, payload: Buffer): void {
    switch (kind) {
      case FRAME.stdout:
      case FRAME.stderr:
        return this.passOn(socket, kind === FRAME.stdout ? this.stdout : this.stderr, payload);
      case FRAME.started:
        this.pid = (JSON.parse(payload.toString('utf8')) as { pid: number }).pid;
        this.emit('spawn');
        return;
      case FRAME.exited:
        return this.finish(JSON.parse(payload.toString('utf8')) as Exited);
      case FRAME.failed:
        return this.refuse(JSON.parse(payload.toString('utf8')) as LaunchFailed);
    }
  }

  private passOn(socket: Socket, stream: Readable, payload: Buffer): void {
    // what nobody wants any more is read and dropped, so that the process can end
    if (!stream.destroyed && !stream.push(payload)) socket.pause();
  }

  private refuse({ message, code }: LaunchFailed): void {
    this.fail(Object.assign(new Error(message), code === undefined ? {} : { code }));
  }

  private fail(error: Error): void {
    if (this.ended) return;
    // a launcher that dies takes its connections along; a process that was running then has been killed
    if (this.pid !== undefined) return this.finish({ exitCode: null, signalCode: 'SIGKILL' });
    this.ended = true;
    this.stdin.destroy();
    this.emit('error', error);
  }

  private finish({ exitCode, signalCode }: Exited): void {
    if (this.ended) return;
    this.ended = true;
    this.exitCode = exitCode;
    this.signalCode = signalCode;
    this.emit('exit', exitCode, signalCode);
    void Promise.all([drain(this.stdout), drain(this.stderr)]).then(() => {
      this.stdin.destroy();
      this.emit('close', exitCode, signalCode);
    });
  }
}

/** Ends a stream; one that nobody reads is read to its end, as Node does with a child's. */
function drain(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) return resolve();
    stream.once('close', () => resolve());
    stream.push(null);
    if (stream.readableFlowing === null && stream.listenerCount('readable') === 0) stream.resume();
  });
}
