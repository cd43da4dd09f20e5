import { Agent, request, type IncomingMessage } from 'node:http';
import type { RawRequest } from './requests.fixture.js';

/** What came back, byte for byte. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

const DEADLINE = 60_000;

/** Sends requests as they are: nothing is made right on the way, as `fetch` would. Of streams that do not end only the beginning is read. */
export class Sender {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: URL;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  send({ method, target, headers: given, body }: RawRequest): Promise<RawAnswer> {
    // also for methods that have no body, or it would be read as the next request
    const headers = { ...given, ...(body && { 'content-length': String(body.length) }) };
    return new Promise((resolve, reject) => {
      const sent = request({ agent: this.#agent, host: this.#url.hostname, port: this.#url.port, method, path: target, headers, timeout: DEADLINE }, (response) => void read(response).then(resolve, reject));
      sent.on('timeout', () => sent.destroy(new Error('no answer within a minute')));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function read(response: IncomingMessage): Promise<RawAnswer> {
  const { statusCode = 0, headers } = response;
  if (headers['content-type']?.startsWith('text/event-stream')) {
    response.destroy();
    return { status: statusCode, headers, text: '' };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: statusCode, headers, text: Buffer.concat(chunks).toString() };
}
