import type { FastifyReply } from 'fastify';

export interface StreamMessage {
  readonly event: string;
  readonly id?: string;
  readonly data: unknown;
}

const HEARTBEAT = 15_000;
// beyond this the client does not read: it is cut off, and resumes from its last id when it can
const MAX_UNREAD_BYTES = 1_048_576;

/** One open event stream (text/event-stream, WHATWG HTML 9.2). */
export class EventStream {
  private readonly heartbeat: NodeJS.Timeout;
  private readonly endListeners: (() => void)[] = [];
  private ended = false;

  /** Takes the response over from the framework. */
  constructor(private readonly reply: FastifyReply) {
    reply.hijack();
    const { raw } = reply;
    // buffering proxies would hold messages back
    raw.writeHead(200, { ...headersOf(reply), 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'keep-alive' });
    raw.on('close', () => this.end());
    this.write(': open\n\n');
    this.heartbeat = setInterval(() => this.write(': still here\n\n'), HEARTBEAT);
    this.heartbeat.unref();
    // the framework asks for the headers of what GET would answer in the same way: nothing follows them
    if (reply.request.method === 'HEAD') this.end();
  }

  get open(): boolean {
    return !this.ended;
  }

  send({ event, id, data }: StreamMessage): void {
    this.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Within how many milliseconds the client shall come back when the stream breaks off (`retry:` of the standard). */
  comeBackWithin(milliseconds: number): void {
    this.write(`retry: ${milliseconds}\n\n`);
  }

  /** Calls back when the stream ends, from whichever side; at once when it has. */
  onEnd(listener: () => void): void {
    if (this.ended) listener();
    else this.endListeners.push(listener);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.heartbeat);
    this.reply.raw.end();
    for (const listener of this.endListeners) listener();
  }

  private write(text: string): void {
    if (this.ended) return;
    const { raw } = this.reply;
    if (raw.writableLength > MAX_UNREAD_BYTES) {
      raw.destroy();
      this.end();
    } else {
      raw.write(text);
    }
  }
}

function headersOf(reply: FastifyReply): Record<string, string> {
  const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const]));
  return Object.fromEntries(headers);
}
