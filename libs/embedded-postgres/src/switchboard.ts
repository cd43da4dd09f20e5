import { setImmediate as turn } from 'node:timers/promises';
import type { Backend, Reply } from './backend.js';
import { Session, type Batch, type SessionHost, type SessionOutput } from './session.js';
import type { SessionSettings } from './session-settings.js';
import { query, texts, type Frame } from './wire.js';

/** Where the embedded database says what an operator must know; a pino logger fits. */
export interface EmbeddedLog {
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

export interface SwitchboardOptions {
  /** Milliseconds that a transaction may stand idle while other clients wait for it. */
  readonly idleInTransaction: number;
  readonly log: EmbeddedLog;
}

interface Turn {
  /** Undefined: housekeeping that nobody waits for. */
  readonly session?: Session;
  readonly batch: Batch;
  /** Not asked for by the client, so it gets no answer. */
  readonly silent?: boolean;
}

/** Lets many clients share the one session of the database: batch by batch, and for a whole transaction where one is open. */
export class Switchboard implements SessionHost {
  readonly defaults: SessionSettings;
  readonly #sessions = new Set<Session>();
  readonly #turns: Turn[] = [];
  #lastId = 0;
  #owner: Session | undefined;
  #running: Promise<void> | undefined;
  #patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly backend: Backend,
    private readonly options: SwitchboardOptions,
  ) {
    this.defaults = backend.settings;
  }

  get greeting(): readonly Frame[] {
    return this.backend.greeting;
  }

  connect(output: SessionOutput): Session {
    const session = new Session(++this.#lastId, this, output);
    this.#sessions.add(session);
    return session;
  }

  submit(session: Session, batch: Batch): void {
    this.#enqueue({ session, batch });
  }

  leave(session: Session): void {
    this.#sessions.delete(session);
    this.rollback(session);
    const farewell = session.farewell();
    if (farewell) this.#enqueue({ batch: { messages: farewell, listens: [] } });
  }

  /** Ends a transaction that its client has left open, before anybody else's turn. */
  rollback(session: Session): void {
    if (session.status === 'I' || this.#owner !== session) return;
    this.#turns.unshift({ session, batch: { messages: query('rollback'), listens: [] }, silent: true });
    this.#start();
  }

  /** Resolves when nothing runs and nothing waits. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #enqueue(next: Turn): void {
    this.#turns.push(next);
    this.#start();
  }

  #start(): void {
    clearTimeout(this.#patience);
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
      if (this.#nextIndex() >= 0) this.#start();
      else this.#watch();
    });
  }

  async #drain(): Promise<void> {
    // One batch a turn of the event loop: sockets and timers get theirs between two queries.
    for (let next = await this.#next(); next; next = await this.#next()) await this.#run(next);
  }

  async #next(): Promise<Turn | undefined> {
    await turn();
    const index = this.#nextIndex();
    return index < 0 ? undefined : this.#turns.splice(index, 1)[0];
  }

  #nextIndex(): number {
    return this.#turns.findIndex(({ session }) => !this.#owner || session === this.#owner);
  }

  async #run(next: Turn): Promise<void> {
    const { session, batch } = next;
    if (session?.ended && this.#owner !== session) return;
    try {
      if (session && !this.#owner) await this.backend.assume(session.settings);
      this.#deliver(next, await this.backend.run(batch.messages));
    } catch (error) {
      this.#collapse(error);
    }
  }

  #deliver({ session, batch, silent }: Turn, reply: Reply): void {
    if (session) {
      session.settings = this.backend.settings;
      session.status = reply.status;
      this.#owner = reply.status === 'I' ? undefined : session;
      batch.listens.forEach((statement) => session.note(statement));
      if (!silent) session.send(reply.answer);
      if (session.ended) this.rollback(session);
    }
    for (const notification of reply.notifications) this.#notify(notification);
  }

  #notify({ bytes }: Frame): void {
    const [channel = ''] = texts(bytes, 9);
    for (const session of this.#sessions) if (session.listensTo(channel)) session.send(bytes);
  }

  /** As PostgreSQL's idle_in_transaction_session_timeout: a forgotten transaction must not hold up everybody for ever. */
  #watch(): void {
    const owner = this.#owner;
    if (!owner || this.#turns.length === 0) return;
    this.#patience = setTimeout(() => {
      this.options.log.error({ waiting: this.#turns.length }, 'a transaction stood idle while others waited for it; it was rolled back');
      owner.terminate('25P03', 'terminating connection due to idle-in-transaction timeout');
    }, this.options.idleInTransaction).unref();
  }

  #collapse(error: unknown): void {
    this.options.log.error({ err: error }, 'the embedded database has failed; restart the server');
    this.#owner = undefined;
    this.#turns.length = 0;
    for (const session of [...this.#sessions]) session.terminate('57P02', 'the embedded database has failed: restart the server');
  }
}
