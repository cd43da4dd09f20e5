import { frame, texts, type Frame } from './wire.js';

/** Prepared statements of all clients live in one session: each client's get a prefix of its own. */
export class StatementNames {
  readonly #known = new Set<string>();

  constructor(private readonly prefix: string) {}

  /** The message as the database gets it. */
  translate(message: Frame): Buffer {
    switch (message.type) {
      case 'P':
        return this.#renameFirst(message);
      case 'B':
        return this.#renameSecond(message);
      case 'D':
      case 'C':
        return this.#renameTarget(message);
      default:
        return message.bytes;
    }
  }

  /** What frees this client's statements; undefined when there are none. */
  closeAll(): Buffer | undefined {
    if (this.#known.size === 0) return undefined;
    return Buffer.concat([...[...this.#known].map((name) => frame('C', Buffer.from('S'), name)), frame('S')]);
  }

  #renameFirst({ type, bytes }: Frame): Buffer {
    const [name = ''] = texts(bytes);
    if (name === '') return bytes;
    this.#known.add(this.prefix + name);
    return frame(type, this.prefix + name, bytes.subarray(5 + Buffer.byteLength(name) + 1));
  }

  #renameSecond({ type, bytes }: Frame): Buffer {
    const [portal = '', name = ''] = texts(bytes);
    if (name === '') return bytes;
    const rest = 5 + Buffer.byteLength(portal) + 1 + Buffer.byteLength(name) + 1;
    return frame(type, portal, this.prefix + name, bytes.subarray(rest));
  }

  #renameTarget({ type, bytes }: Frame): Buffer {
    const [name = ''] = texts(bytes, 6);
    if (name === '' || bytes[5] !== 'S'.charCodeAt(0)) return bytes;
    return frame(type, Buffer.from('S'), this.prefix + name);
  }
}
