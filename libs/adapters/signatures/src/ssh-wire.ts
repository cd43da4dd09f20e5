/** Reads the format of RFC 4251: each text with its length before it. @throws RangeError when it ends too early. */
export class SshWire {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  uint32(): number {
    return this.take(4).readUInt32BE(0);
  }

  byte(): number {
    return this.take(1).readUInt8(0);
  }

  string(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.string().toString('latin1');
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new RangeError('it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** @throws RangeError when something is left. */
  end(): void {
    if (this.at !== this.bytes.length) throw new RangeError('something follows its end');
  }
}

/** A text with its length before it. */
export function sshString(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
