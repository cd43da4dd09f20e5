import type { PGlite } from '@electric-sql/pglite';
import { isolatedSetting, switchSettings, type SessionSettings, type SettingName } from './session-settings.js';
import { FrameReader, query, startup, texts, type Frame } from './wire.js';

/** What the database answered to one exchange. */
export interface Reply {
  /** For the client that asked, up to and with ReadyForQuery. */
  readonly answer: Buffer;
  /** NotificationResponse messages, for whoever listens. */
  readonly notifications: readonly Frame[];
  /** `I` idle, `T` in a transaction, `E` in a failed transaction. */
  readonly status: string;
}

/** PGlite's one session. */
export class Backend {
  readonly #settings = new Map<SettingName, string>();
  #greeting: readonly Frame[] = [];

  private constructor(private readonly database: PGlite) {}

  static async start(database: PGlite): Promise<Backend> {
    const backend = new Backend(database);
    // From a startup message on, the session reports each change of a setting.
    backend.#greeting = backend.#read(await backend.#exchange(startup({ user: 'postgres', database: 'postgres' })));
    return backend;
  }

  /** What a client is greeted with, but for the settings and keys of its own. */
  get greeting(): readonly Frame[] {
    return this.#greeting;
  }

  get settings(): SessionSettings {
    return new Map(this.#settings);
  }

  async run(messages: Buffer): Promise<Reply> {
    const frames = this.#read(await this.#exchange(messages));
    const notifications = frames.filter(({ type }) => type === 'A');
    const answer = Buffer.concat(frames.filter(({ type }) => type !== 'A').map(({ bytes }) => bytes));
    const status = frames.findLast(({ type }) => type === 'Z')?.bytes.toString('latin1', 5) ?? 'I';
    return { answer, notifications, status };
  }

  /** Gives the session to a client with these settings; only between transactions. */
  async assume(settings: SessionSettings): Promise<void> {
    const sql = switchSettings(this.#settings, settings);
    if (sql !== undefined) await this.run(query(sql));
  }

  async #exchange(messages: Buffer): Promise<Buffer> {
    const chunks: Buffer[] = [];
    const onRawData = (bytes: Uint8Array): void => void chunks.push(Buffer.from(bytes));
    await this.database.execProtocolRawStream(messages, { syncToFs: false, onRawData });
    return Buffer.concat(chunks);
  }

  #read(bytes: Buffer): readonly Frame[] {
    const frames = new FrameReader().take(bytes);
    for (const { type, bytes: message } of frames) if (type === 'S') this.#note(message);
    return frames;
  }

  #note(parameterStatus: Buffer): void {
    const [name = '', value = ''] = texts(parameterStatus);
    const setting = isolatedSetting(name);
    if (setting) this.#settings.set(setting, value);
  }
}
