export interface GitObject {
  readonly type: string;
  readonly sha: string;
  readonly bytes: Buffer;
}

export interface ObjectInfo {
  readonly type: string;
  readonly sha: string;
  readonly size: number;
}

export type BatchAnswer =
  | { readonly kind: 'missing' }
  | { readonly kind: 'info'; readonly info: ObjectInfo }
  | { readonly kind: 'object'; readonly object: GitObject }
  | { readonly kind: 'too-large'; readonly size: number };

/** What the request that is being answered asked for. `maxBytes` absent: only the header. */
export type Expected = { readonly maxBytes?: number } | undefined;

interface Body {
  readonly info: ObjectInfo;
  readonly keep: boolean;
  /** Bytes still to come, the line feed after the content included. */
  left: number;
}

const LINE_FEED = 0x0a;
const MAX_HEADER = 64 * 1024;

/** Takes apart what `cat-file --batch-command` writes, in whatever pieces it arrives. */
export class BatchReader {
  private header: Buffer = Buffer.alloc(0);
  private body: Body | undefined;
  private parts: Buffer[] = [];

  constructor(
    private readonly expected: () => Expected,
    private readonly answer: (answer: BatchAnswer) => void,
  ) {}

  /** @throws Error when git writes something that is no answer. */
  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.body ? this.takeBody(this.body, rest) : this.takeHeader(rest);
  }

  private takeHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(LINE_FEED);
    if (end < 0) {
      this.header = Buffer.concat([this.header, chunk]);
      if (this.header.length > MAX_HEADER) throw new Error('git cat-file wrote a header without an end');
      return Buffer.alloc(0);
    }
    const line = Buffer.concat([this.header, chunk.subarray(0, end)]).toString('utf8');
    this.header = Buffer.alloc(0);
    this.readHeader(line);
    return chunk.subarray(end + 1);
  }

  private readHeader(line: string): void {
    const expected = this.expected();
    if (!expected) throw new Error('git cat-file answered what nobody asked');
    if (/ (missing|ambiguous)$/.test(line)) return this.answer({ kind: 'missing' });
    const [, sha, type, size] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(line) ?? [];
    if (sha === undefined || type === undefined) throw new Error('git cat-file wrote a header that is none');
    const info: ObjectInfo = { sha, type, size: Number(size) };
    if (expected.maxBytes === undefined) return this.answer({ kind: 'info', info });
    this.body = { info, keep: info.size <= expected.maxBytes, left: info.size + 1 };
  }

  private takeBody(body: Body, chunk: Buffer): Buffer {
    const part = chunk.subarray(0, body.left);
    if (body.keep) this.parts.push(part);
    body.left -= part.length;
    if (body.left === 0) this.finish(body);
    return chunk.subarray(part.length);
  }

  private finish({ info, keep }: Body): void {
    // a copy: a slice would keep the whole chunk that it came in
    const bytes = Buffer.concat(this.parts, keep ? info.size : 0);
    this.parts = [];
    this.body = undefined;
    this.answer(keep ? { kind: 'object', object: { type: info.type, sha: info.sha, bytes } } : { kind: 'too-large', size: info.size });
  }
}
