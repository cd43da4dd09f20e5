/** What a launcher says about a process that it has started. */
export const FRAME = { stdout: 1, stderr: 2, started: 3, exited: 4, failed: 5 } as const;
export type FrameKind = (typeof FRAME)[keyof typeof FRAME];

const HEADER = 5;

/** A frame is one byte of kind, four bytes of length (big endian) and the payload. */
export function frame(kind: FrameKind, payload: Uint8Array): readonly [Buffer, Uint8Array] {
  return [header(kind, payload.length), payload];
}

export function jsonFrame(kind: FrameKind, value: unknown): Buffer {
  return Buffer.concat(frame(kind, Buffer.from(JSON.stringify(value))));
}

function header(kind: FrameKind, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER);
  bytes.writeUInt8(kind, 0);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

/** Takes frames out of chunks that end anywhere. Payloads of standard output and error are passed on as they come, in pieces. */
export class FrameReader {
  private kept: Buffer = Buffer.alloc(0);
  private streaming: { readonly kind: number; left: number } | undefined;

  constructor(private readonly on: (kind: number, payload: Buffer) => void) {}

  push(chunk: Buffer): void {
    let rest = this.kept.length === 0 ? chunk : Buffer.concat([this.kept, chunk]);
    this.kept = Buffer.alloc(0);
    while (rest.length > 0) {
      const next = this.streaming ? this.stream(rest, this.streaming) : this.begin(rest);
      if (next === undefined) {
        this.kept = rest;
        return;
      }
      rest = next;
    }
  }

  private stream(rest: Buffer, streaming: { readonly kind: number; left: number }): Buffer {
    const piece = rest.subarray(0, streaming.left);
    streaming.left -= piece.length;
    if (streaming.left === 0) this.streaming = undefined;
    this.on(streaming.kind, piece);
    return rest.subarray(piece.length);
  }

  /** @returns what follows; undefined when more is needed first. */
  private begin(rest: Buffer): Buffer | undefined {
    if (rest.length < HEADER) return undefined;
    const [kind, length] = [rest.readUInt8(0), rest.readUInt32BE(1)];
    if (kind === FRAME.stdout || kind === FRAME.stderr) {
      if (length > 0) this.streaming = { kind, left: length };
      return rest.subarray(HEADER);
    }
    if (rest.length < HEADER + length) return undefined;
    this.on(kind, rest.subarray(HEADER, HEADER + length));
    return rest.subarray(HEADER + length);
  }
}
