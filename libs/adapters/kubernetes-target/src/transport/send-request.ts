import { Agent as PlainAgent, type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent, request as secureRequest } from 'node:https';
import { messageOf, printableLine, Unavailable } from '@sluice/kernel';
import type { ClusterAccess } from './cluster-access.js';

export interface RawRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the answer has come completely; of a stream, until it has begun and between two of its pieces. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** More than a page of 500 large objects; beyond it something is wrong. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
const MAX_SOCKETS = 32;

/** Connections to one API server, kept open between requests. */
export class Connections {
  private readonly agent: Agent | PlainAgent;
  /** Streams have connections of their own: there may be many, and they must not keep requests waiting. */
  private readonly streams: Agent | PlainAgent;
  private readonly server: URL;

  constructor(private readonly access: ClusterAccess) {
    this.server = new URL(access.server);
    const kept = { keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: 4 };
    // without TLS there is only `kubectl proxy`
    const made = (options: object) => (this.server.protocol === 'http:' ? new PlainAgent(options) : new Agent({ ...options, ...access.tls }));
    this.agent = made(kept);
    this.streams = made({ keepAlive: true, maxFreeSockets: 0 });
  }

  /** @throws Unavailable when no whole answer came. */
  async ask(raw: RawRequest): Promise<RawAnswer> {
    const deadline = AbortSignal.timeout(raw.deadline);
    const signal = raw.signal ? AbortSignal.any([raw.signal, deadline]) : deadline;
    const response = await this.open(this.agent, raw, signal);
    return { status: response.statusCode ?? 0, headers: response.headers, text: await textOf(response, raw, this.access) };
  }

  /** An answer that comes in pieces; the caller reads or destroys it. @throws Unavailable */
  async stream(raw: RawRequest): Promise<IncomingMessage> {
    const response = await this.open(this.streams, raw, raw.signal);
    response.setTimeout(raw.deadline, () => response.destroy(new Error('nothing came for too long')));
    return response;
  }

  close(): void {
    this.agent.destroy();
    this.streams.destroy();
  }

  private async open(agent: Agent | PlainAgent, raw: RawRequest, signal: AbortSignal | undefined): Promise<IncomingMessage> {
    const { method, body } = raw;
    const { hostname, port, pathname } = this.server;
    const sized = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const headers = { accept: 'application/json', 'user-agent': 'sluice-agent', ...sized, ...(await this.access.headers()), ...raw.headers };
    const path = pathname.replace(/\/$/, '') + raw.path;
    const [request, usual] = this.server.protocol === 'http:' ? [plainRequest, 80] : [secureRequest, 443];
    return new Promise((resolve, reject) => {
      const outgoing = request({ agent, hostname: hostname.replace(/^\[|\]$/g, ''), port: port || usual, path, method, headers, ...(signal && { signal }) }, resolve);
      outgoing.setTimeout(raw.deadline, () => outgoing.destroy(new Error('no answer in time')));
      outgoing.on('error', (error) => reject(unreachable(this.access, raw, error)));
      outgoing.end(body);
    });
  }
}

async function textOf(response: IncomingMessage, raw: RawRequest, access: ClusterAccess): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      size += (chunk as Buffer).length;
      if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw unreachable(access, raw, error);
  }
  // an answer that broke off ends like any other in some versions of Node
  if (!response.complete) throw unreachable(access, raw, new Error('the answer broke off'));
  return Buffer.concat(chunks).toString('utf8');
}

function unreachable({ server }: ClusterAccess, { method, path }: RawRequest, error: unknown): Unavailable {
  return new Unavailable(`the API server at ${server} does not answer: ${reasonOf(error)}`, { cause: error, details: { method, path } });
}

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ABORT_ERR' || (error instanceof Error && error.name === 'TimeoutError')) return 'no answer in time';
  return printableLine(code && code !== 'ERR_STREAM_PREMATURE_CLOSE' ? code : messageOf(error), 200);
}
