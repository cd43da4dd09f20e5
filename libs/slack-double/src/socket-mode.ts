import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { ACKNOWLEDGE_WITHIN, type Acknowledged, type Payload, type Retry, type Way } from './delivery.js';
import type { Faults } from './faults.js';

const acknowledgement = z.strictObject({ envelope_id: z.string(), payload: z.record(z.string(), z.unknown()).optional() });

/** WebSockets as https://docs.slack.dev/apis/events-api/using-socket-mode has them: a URL that works once, `hello`, envelopes, acknowledgements, `disconnect`. */
export class SocketMode implements Way {
  private readonly server = new WebSocketServer({ noServer: true });
  private readonly tickets = new Set<string>();
  private readonly open = new Set<WebSocket>();
  private readonly waiting = new Map<string, (answer: Acknowledged) => void>();
  private readonly arrivals = new Set<() => void>();

  constructor(
    http: Server,
    private readonly faults: Faults,
    private readonly unexpected: (what: string) => void,
  ) {
    http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.upgrade(request, socket, head));
  }

  /** Each opens one connection: https://docs.slack.dev/reference/methods/apps.connections.open */
  ticket(base: string): string {
    const ticket = randomUUID();
    this.tickets.add(ticket);
    return `${base.replace('http', 'ws')}/link/?ticket=${ticket}&app_id=A1`;
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'ws://double').searchParams.get('ticket') ?? '';
    if (this.faults.down || !this.tickets.delete(ticket)) return void socket.destroy();
    this.server.handleUpgrade(request, socket, head, (client) => {
      this.open.add(client);
      client.on('message', (data: Buffer) => this.receive(data.toString('utf8')));
      client.on('error', () => undefined);
      client.on('close', () => this.open.delete(client));
      client.send(JSON.stringify({ type: 'hello', num_connections: this.open.size, debug_info: { host: 'double', approximate_connection_time: 18_060 }, connection_info: { app_id: 'A1' } }));
      for (const arrived of this.arrivals) arrived();
    });
  }

  private receive(text: string): void {
    const parsed = acknowledgement.safeParse(JSON.parse(text));
    if (!parsed.success) return this.unexpected(`socket: ${z.prettifyError(parsed.error)}`);
    const { envelope_id, payload } = parsed.data;
    const settle = this.waiting.get(envelope_id);
    if (!settle) return this.unexpected('socket: an envelope was acknowledged twice, too late, or was never sent');
    this.waiting.delete(envelope_id);
    settle({ ok: true, ...(payload && Object.keys(payload).length > 0 && { answer: payload }) });
  }

  send({ type, body }: Payload, retry?: Retry): Promise<Acknowledged> {
    const [client] = [...this.open].reverse();
    if (!client) return Promise.resolve({ ok: false });
    const envelope_id = randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.giveUp(envelope_id, resolve), ACKNOWLEDGE_WITHIN);
      this.waiting.set(envelope_id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      client.send(JSON.stringify({ envelope_id, type, accepts_response_payload: type !== 'events_api', payload: body, ...(type === 'events_api' && { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' }) }));
    });
  }

  private giveUp(envelope: string, resolve: (answer: Acknowledged) => void): void {
    // an acknowledgement that is late is no error of the client's
    this.waiting.set(envelope, () => undefined);
    resolve({ ok: false });
  }

  get connections(): number {
    return this.open.size;
  }

  /** Resolves when an application is connected. */
  async connected(): Promise<void> {
    while (this.open.size === 0) await new Promise<void>((resolve) => this.arrivals.add(resolve));
    this.arrivals.clear();
  }

  /** `refresh_requested`: Slack ends connections now and then, and says so. */
  refresh(): void {
    for (const client of this.open) {
      client.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'double' } }));
      this.open.delete(client);
    }
  }

  /** Without a word, as when a network goes away. */
  drop(): void {
    for (const client of this.open) client.terminate();
    this.open.clear();
  }

  close(): void {
    this.drop();
    this.server.close();
  }
}
