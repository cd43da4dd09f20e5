import { createParser } from 'eventsource-parser';

export interface ReceivedMessage {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** A client of an event stream that keeps what it received. */
export class TestStream {
  readonly messages: ReceivedMessage[] = [];
  ended = false;
  /** What the server says of coming back, in milliseconds. */
  retry: number | undefined;
  private readonly waiting = new Set<() => void>();
  private readonly abort = new AbortController();

  static async open(url: string, headers: Record<string, string>): Promise<TestStream> {
    const stream = new TestStream();
    const response = await fetch(url, { headers, signal: stream.abort.signal });
    if (response.status !== 200 || !response.body) throw new Error(`no stream: ${response.status}`);
    void stream.read(response.body);
    return stream;
  }

  /** Resolves with the first message, received already or yet to come, that fits. */
  async next(fits: (message: ReceivedMessage) => boolean): Promise<ReceivedMessage> {
    for (;;) {
      const found = this.messages.find(fits);
      if (found) return found;
      if (this.ended) throw new Error('the stream has ended');
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  async untilEnd(): Promise<void> {
    while (!this.ended) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  close(): void {
    this.abort.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = createParser({ onEvent: ({ event = 'message', id, data }) => this.receive({ event, id, data: JSON.parse(data) as unknown }), onRetry: (milliseconds) => (this.retry = milliseconds) });
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }));
    } catch {
      // closed by us or by the server: both are an end
    }
    this.ended = true;
    this.wake();
  }

  private receive(message: ReceivedMessage): void {
    this.messages.push(message);
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
