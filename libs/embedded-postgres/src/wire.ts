/** One message of PostgreSQL's protocol with its header: a letter and the length of what follows (itself included). */
export interface Frame {
  readonly type: string;
  readonly bytes: Buffer;
}

const HEADER = 5;

/** Cuts a stream of bytes into whole messages; what is left over waits for the next bytes. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The first message of a connection has no letter. */
  takeStartup(chunk: Buffer): Buffer | undefined {
    this.#append(chunk);
    if (this.#rest.length < 4) return undefined;
    const length = this.#rest.readInt32BE(0);
    return this.#rest.length < length ? undefined : this.#cut(length);
  }

  take(chunk: Buffer): readonly Frame[] {
    this.#append(chunk);
    const frames: Frame[] = [];
    while (this.#rest.length >= HEADER) {
      const length = 1 + this.#rest.readInt32BE(1);
      if (this.#rest.length < length) break;
      const bytes = this.#cut(length);
      frames.push({ type: String.fromCharCode(bytes[0] ?? 0), bytes });
    }
    return frames;
  }

  #append(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  #cut(length: number): Buffer {
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }
}

export function frame(type: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)));
  const header = Buffer.alloc(HEADER);
  header.write(type, 0, 'latin1');
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

export function query(sql: string): Buffer {
  return frame('Q', sql);
}

export function readyForQuery(status: string): Buffer {
  return frame('Z', Buffer.from(status, 'latin1'));
}

export function fatalError(code: string, message: string): Buffer {
  return frame('E', 'SFATAL', 'VFATAL', `C${code}`, `M${message}`, Buffer.from([0]));
}

export function startup(parameters: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(parameters).flat().map((part) => `${part}\0`).join('');
  const body = Buffer.from(`${text}\0`);
  const header = Buffer.alloc(8);
  header.writeInt32BE(body.length + header.length, 0);
  header.writeInt32BE(3 << 16, 4);
  return Buffer.concat([header, body]);
}

/** The zero-terminated texts of a message's body, from an offset in the message on. */
export function texts(bytes: Buffer, from = HEADER): readonly string[] {
  return bytes.toString('utf8', from).split('\0');
}
