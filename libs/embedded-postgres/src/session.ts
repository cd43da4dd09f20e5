import { isUnlisten, listenStatements, type ListenStatement } from './listen-statements.js';
import { isolatedSetting, settingsOfStartup, type SessionSettings } from './session-settings.js';
import { StatementNames } from './statement-names.js';
import { fatalError, frame, FrameReader, readyForQuery, texts, type Frame } from './wire.js';

/** The messages of one client up to a Sync or a simple query: they run without another client's between them. */
export interface Batch {
  readonly messages: Buffer;
  readonly listens: readonly ListenStatement[];
}

const NO_INPUT = frame('f', 'not supported by the embedded database');

/** What a session needs from the switchboard that it is plugged into. */
export interface SessionHost {
  readonly greeting: readonly Frame[];
  readonly defaults: SessionSettings;
  submit(session: Session, batch: Batch): void;
  leave(session: Session): void;
}

/** The way back to the client. */
export interface SessionOutput {
  send(bytes: Buffer): void;
  end(): void;
}

/** One client's view of the database: its settings, its transaction, its channels, its statement names. */
export class Session {
  settings: SessionSettings = new Map();
  /** As in ReadyForQuery: `I`, `T` or `E`. */
  status = 'I';
  readonly #channels = new Set<string>();
  readonly #reader = new FrameReader();
  readonly #names: StatementNames;
  #pending: Frame[] = [];
  #state: 'new' | 'open' | 'ended' = 'new';

  constructor(
    readonly id: number,
    private readonly host: SessionHost,
    private readonly output: SessionOutput,
  ) {
    this.#names = new StatementNames(`client${id}:`);
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** Bytes from the client. */
  feed(chunk: Buffer): void {
    if (this.#state === 'new') return this.#begin(chunk);
    for (const message of this.#reader.take(chunk)) this.#accept(message);
  }

  send(bytes: Buffer): void {
    if (!this.ended) this.output.send(bytes);
  }

  note({ listen, channel }: ListenStatement): void {
    if (listen) this.#channels.add(channel);
    else if (channel === '*') this.#channels.clear();
    else this.#channels.delete(channel);
  }

  listensTo(channel: string): boolean {
    return this.#channels.has(channel);
  }

  /** Ends the session as the server would: with a last error that says why. */
  terminate(code: string, message: string): void {
    this.send(fatalError(code, message));
    this.end();
  }

  end(): void {
    if (this.ended) return;
    this.#state = 'ended';
    this.host.leave(this);
    this.output.end();
  }

  /** What frees the prepared statements of this client. */
  farewell(): Buffer | undefined {
    return this.#names.closeAll();
  }

  #begin(chunk: Buffer): void {
    const message = this.#reader.takeStartup(chunk);
    if (!message) return;
    this.#state = 'open';
    try {
      this.settings = new Map([...this.host.defaults, ...settingsOfStartup(parametersOf(message))]);
    } catch (error) {
      return this.terminate('0A000', error instanceof Error ? error.message : String(error));
    }
    this.send(Buffer.concat(this.host.greeting.map((part) => this.#greet(part))));
  }

  #greet({ type, bytes }: Frame): Buffer {
    if (type === 'K') return frame('K', numbers(this.id, 0));
    const [name = ''] = type === 'S' ? texts(bytes) : [];
    const setting = isolatedSetting(name);
    return setting ? frame('S', name, this.settings.get(setting) ?? '') : bytes;
  }

  #accept(message: Frame): void {
    switch (message.type) {
      case 'X':
        return this.end();
      case 'Q':
        return isUnlisten(sqlOf(message)) ? this.#unlisten(message) : this.#submit(message);
      case 'S':
        return this.#submit(message);
      case 'P':
      case 'B':
      case 'D':
      case 'E':
      case 'C':
        this.#pending.push(message);
        return;
      case 'd':
      case 'c':
      case 'f':
        // Input for a COPY, which was refused on the client's behalf.
        return;
      default:
        return this.terminate('0A000', 'the embedded database does not support cursors: read in pages instead');
    }
  }

  #submit(last: Frame): void {
    const frames = [...this.#pending, last];
    this.#pending = [];
    const listens = frames.flatMap((message) => listenStatements(sqlOf(message)));
    const messages = frames.flatMap((message) => [this.#names.translate(message), ...(readsInput(sqlOf(message)) ? [NO_INPUT] : [])]);
    this.host.submit(this, { messages: Buffer.concat(messages), listens });
  }

  // Answered here: in the database it would also end what other clients listen to.
  #unlisten(message: Frame): void {
    listenStatements(sqlOf(message)).forEach((statement) => this.note(statement));
    this.send(Buffer.concat([frame('C', 'UNLISTEN'), readyForQuery(this.status)]));
  }
}

// PGlite ends when COPY waits for input that does not come; where none is wanted, the database ignores the refusal.
function readsInput(sql: string): boolean {
  return /\bcopy\b/i.test(sql) && /\bstdin\b/i.test(sql);
}

function sqlOf({ type, bytes }: Frame): string {
  if (type === 'Q') return texts(bytes)[0] ?? '';
  return type === 'P' ? (texts(bytes)[1] ?? '') : '';
}

function parametersOf(startupMessage: Buffer): ReadonlyMap<string, string> {
  const words = texts(startupMessage, 8);
  const parameters = new Map<string, string>();
  for (let at = 0; at + 1 < words.length && words[at] !== ''; at += 2) parameters.set(words[at] ?? '', words[at + 1] ?? '');
  return parameters;
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeInt32BE(value, 4 * index));
  return bytes;
}
