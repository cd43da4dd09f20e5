import { readFileSync } from 'node:fs';
import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const FROZEN = new URL('../../../libs/contracts/src/wire/agent-protocol-previous-minor.json', import.meta.url);

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

const { messages } = JSON.parse(readFileSync(FROZEN, 'utf8')) as { readonly messages: Readonly<Record<string, JsonSchema>> };

/** What a peer of the previous minor version reads: what it knows. @throws Error for what it would refuse */
function asItReads(message: string, value: unknown): unknown {
  const schema = messages[message];
  if (!schema) throw new Error(`the previous version has no message ${message}`);
  const parsed = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value);
  if (!parsed.success) throw new Error(`the previous version does not take this ${message}: ${z.prettifyError(parsed.error)}`);
  return known(schema, value);
}

function known({ properties, items }: JsonSchema, value: unknown): unknown {
  if (items && Array.isArray(value)) return value.map((item) => known(items, item));
  if (!properties || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, field]) => (properties[key] ? [[key, known(properties[key], field)]] : [])));
}

/** Path → the message that goes there, and the one that comes back. */
const ROUTES: Readonly<Record<string, { readonly body?: string; readonly reply?: string }>> = {
  '/agent/v1/enrol': { body: 'enrol', reply: 'enrolled' },
  '/agent/v1/nonce': { reply: 'nonce' },
  '/agent/v1/assignment': { reply: 'assignment' },
  '/agent/v1/commands': { reply: 'commands' },
  '/agent/v1/acknowledgements': { body: 'acknowledgements' },
  '/agent/v1/reports': { body: 'agentReport', reply: 'reportReceipt' },
  '/agent/v1/heartbeat': { body: 'heartbeat', reply: 'heartbeatReply' },
};
const EVENTS = ['assignment', 'command', 'nonce'];

export interface ProxyOptions {
  /** Where the server is. */
  readonly server: string;
  /** Instead of the agent's own. */
  readonly agentVersion?: string;
}

/**
 * Stands between an agent and a server, and lets through in both directions only what the messages of the previous minor version have, as they were recorded then: for the server, the agent is of that version, and for
 * the agent, the server is. What either would not take of the other is a fault.
 */
export class PreviousMinorProxy {
  readonly faults: string[] = [];
  /** Messages that were let through, as they arrived: `heartbeat`. */
  readonly seen = new Map<string, unknown[]>();

  private constructor(
    private readonly options: ProxyOptions,
    private readonly http: Server,
  ) {}

  static async start(options: ProxyOptions): Promise<PreviousMinorProxy> {
    const http = createServer((request, response) => {
      void proxy.pass(request, response).catch((error: unknown) => {
        proxy.faults.push(`${request.url}: ${String(error)}`);
        response.writeHead(400).end();
      });
    });
    const proxy = new PreviousMinorProxy(options, http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.http.close(resolve));
    this.http.closeAllConnections();
    await closed;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const route = ROUTES[path];
    if (!route && path !== '/agent/v1/stream') throw new Error('the previous version has no such route');
    const body = route?.body === undefined ? await text(request) : this.through(route.body, await text(request));
    const { host: _, 'content-length': __, ...headers } = request.headers;
    const onward = send(new URL(request.url ?? '/', this.options.server), { method: request.method, headers: { ...headers, ...(body !== '' && { 'content-length': Buffer.byteLength(body) }) } }, (answer) => {
      void (path === '/agent/v1/stream' ? this.stream(answer, response) : this.answer(route?.reply, answer, response)).catch((error: unknown) => {
        this.faults.push(`${path}: ${String(error)}`);
        response.destroy();
      });
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.end(body);
  }

  private async answer(reply: string | undefined, answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = await text(answer);
    const status = answer.statusCode ?? 500;
    response.writeHead(status, { 'content-type': answer.headers['content-type'] ?? 'application/json' }).end(reply !== undefined && status === 200 ? this.through(reply, given) : given);
  }

  private async stream(answer: IncomingMessage, response: ServerResponse): Promise<void> {
    response.writeHead(answer.statusCode ?? 500, { 'content-type': answer.headers['content-type'] ?? 'text/event-stream' });
    let buffered = '';
    for await (const chunk of answer.setEncoding('utf8')) {
      const blocks = `${buffered}${String(chunk)}`.split('\n\n');
      buffered = blocks.pop() ?? '';
      for (const block of blocks) response.write(`${this.event(block)}\n\n`);
    }
    response.end();
  }

  private event(block: string): string {
    const name = /^event: (.*)$/m.exec(block)?.[1] ?? '';
    return EVENTS.includes(name) ? block.replace(/^data: (.*)$/m, (_, data: string) => `data: ${this.through(name, data)}`) : block;
  }

  private through(message: string, given: string): string {
    const value = asItReads(message, JSON.parse(given)) as Readonly<Record<string, unknown>>;
    const { agentVersion } = this.options;
    const passed = agentVersion !== undefined && 'agentVersion' in value ? { ...value, agentVersion } : value;
    this.seen.set(message, [...(this.seen.get(message) ?? []), passed]);
    return JSON.stringify(passed);
  }
}
