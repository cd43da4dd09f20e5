import { createHash } from 'node:crypto';
import type { ForgeMemory } from '@sluice/usecases';
import type { Answer } from './read-answer.js';
import type { Call } from './redirect.js';

interface Remembered {
  readonly etag: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** What a caller reads of an answer later; the others are about the call that brought it. */
const KEPT: readonly string[] = ['content-type', 'link', 'etag', 'last-modified', 'x-total-count', 'x-total', 'x-next-page'];

/** Answers of GETs with their ETag, so that what has not changed is not sent again and, on GitHub, costs no quota. */
export class EtagMemory {
  constructor(
    private readonly memory: ForgeMemory,
    private readonly prefix: string,
    /** Bytes of a body that is still remembered. */
    private readonly maxBytes: number,
  ) {}

  /** The call, conditional when its answer is remembered. A call with a condition of its own is left alone. */
  async conditional(call: Call): Promise<{ readonly call: Call; readonly remembered?: Answer }> {
    if (call.method !== 'GET' || call.headers.has('if-none-match') || call.headers.has('range')) return { call };
    const remembered = parse(await this.memory.get(this.keyOf(call)));
    if (!remembered) return { call };
    const headers = new Headers(call.headers);
    headers.set('if-none-match', remembered.etag);
    const answer = { status: 200, headers: new Headers(Object.fromEntries(remembered.headers)), body: new Uint8Array(Buffer.from(remembered.body, 'base64')) };
    return { call: { ...call, headers }, remembered: answer };
  }

  async keep(call: Call, { status, headers, body }: Answer): Promise<void> {
    const etag = headers.get('etag');
    if (call.method !== 'GET' || status !== 200 || etag === null || body.length > this.maxBytes || /\bno-store\b/i.test(headers.get('cache-control') ?? '')) return;
    const kept: Remembered = { etag, headers: [...headers].filter(([name]) => KEPT.includes(name)), body: Buffer.from(body).toString('base64') };
    await this.memory.put(this.keyOf(call), JSON.stringify(kept));
  }

  /** The same address may answer with several forms. */
  private keyOf({ url, headers }: Call): string {
    return this.prefix + createHash('sha256').update(`${headers.get('accept') ?? ''}\n${url.href}`).digest('hex');
  }
}

/** What is not readable any more (an older version wrote it) is as good as forgotten. */
function parse(text: string | undefined): Remembered | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<Remembered>;
    return typeof value.etag === 'string' && typeof value.body === 'string' && Array.isArray(value.headers) ? (value as Remembered) : undefined;
  } catch {
    return undefined;
  }
}
