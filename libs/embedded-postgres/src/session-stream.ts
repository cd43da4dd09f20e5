import { Duplex } from 'node:stream';
import type { Session } from './session.js';
import type { Switchboard } from './switchboard.js';

/** What node-postgres takes for its socket; at the other end is a session of the embedded database. */
export class SessionStream extends Duplex {
  readonly #session: Session;
  readonly #switchboard: Switchboard;

  constructor(switchboard: Switchboard) {
    super();
    this.#switchboard = switchboard;
    this.#session = switchboard.connect({ send: (bytes) => this.#pushLater(bytes), end: () => this.#pushLater(null) });
  }

  /** Ends a transaction that the client has left open. */
  rollback(): void {
    this.#switchboard.rollback(this.#session);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#session.feed(chunk);
    done();
  }

  override _read(): void {
    // The session pushes.
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#session.end();
    done(error);
  }

  // Like a socket: what the client does with an answer, and what it throws, is not part of the database's turn.
  #pushLater(bytes: Buffer | null): void {
    process.nextTick(() => {
      if (!this.destroyed) this.push(bytes);
    });
  }

  // The rest of what node-postgres calls on a net.Socket.
  connect(): this {
    setImmediate(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
