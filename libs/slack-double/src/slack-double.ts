import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { messageBlocks, named } from './blocks.js';
import type { Acknowledged, Payload, Way } from './delivery.js';
import { Faults } from './faults.js';
import { HttpMode } from './http-mode.js';
import { Limits } from './limits.js';
import { BOT_USER, shownUser } from './other-methods.js';
import { SlackUser, type UserParts } from './slack-user.js';
import { SocketMode } from './socket-mode.js';
import { WebApi, type SlackCall } from './web-api.js';
import { Workspace, type SlackMessage } from './workspace.js';

export interface DoubleOptions {
  /** How much shorter Slack's minutes and seconds are, for its limits and for its retries of events. Default: 1. */
  readonly scale?: number;
  /** Milliseconds that a trigger id lives. Default: 3,000, as at Slack. */
  readonly triggerLifetime?: number;
  /** Of the workspace. Default: T1. */
  readonly team?: string;
  /** Of the bot's token. Default: every scope that a method here asks for. */
  readonly scopes?: readonly string[];
}

/** Event deliveries are repeated almost at once, after a minute and after five: https://docs.slack.dev/apis/events-api#retries */
const RETRY_AFTER = [50, 60_000, 300_000];
/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses: five answers in half an hour. */
const RESPONSES = 5;

const SCOPES = ['chat:write', 'channels:read', 'groups:read', 'channels:history', 'users:read'];

const response = z.strictObject({ text: z.string().min(1).max(40_000).optional(), blocks: messageBlocks.optional(), response_type: z.enum(['ephemeral', 'in_channel']).optional(), replace_original: z.boolean().optional(), delete_original: z.boolean().optional() });

/** A workspace on this machine that behaves as Slack's documents say, and fails the test on whatever Slack would not take. See docs/slack-double.md. */
export class SlackDouble {
  readonly botToken = `xoxb-${randomUUID()}`;
  readonly appToken = `xapp-1-${randomUUID()}`;
  readonly signingSecret = randomUUID().replaceAll('-', '');
  readonly faults = new Faults();
  readonly workspace: Workspace;
  readonly socket: SocketMode;
  private readonly strange: string[] = [];
  private readonly seen: SlackCall[] = [];
  private readonly users = new Map<string, SlackUser>();
  private readonly responses = new Map<string, { readonly user: string; readonly channel: string; left: number }>();
  private readonly scopes: ReadonlySet<string>;
  private way: Way;
  /** Milliseconds from a person's act until the application hears of it. */
  lag = 0;

  private constructor(
    private readonly server: Server,
    private readonly options: DoubleOptions,
  ) {
    this.workspace = new Workspace(options.team ?? 'T1');
    this.socket = new SocketMode(server, this.faults, (what) => this.strange.push(what));
    this.way = this.socket;
    this.scopes = new Set(options.scopes ?? SCOPES);
    const api = new WebApi({
      context: { workspace: this.workspace, triggerLifetime: options.triggerLifetime ?? 3_000, socketUrl: () => this.socket.ticket(this.url) },
      limits: new Limits(options.scale ?? 1),
      faults: this.faults,
      botToken: this.botToken,
      appToken: this.appToken,
      scopes: this.scopes,
      mayLackScopes: options.scopes !== undefined,
      unexpected: (what) => this.strange.push(what),
      seen: (call) => this.seen.push(call),
    });
    server.on('request', (request: IncomingMessage, answer: ServerResponse) => void this.receive(api, request, answer));
    this.addChannel('C1', 'releases');
    this.workspace.users.add(BOT_USER);
  }

  static async start(options: DoubleOptions = {}): Promise<SlackDouble> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SlackDouble(server, options);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** For `slackApiUrl`. */
  get apiUrl(): string {
    return `${this.url}/api/`;
  }

  /** From now on the application is told over HTTP, at this address. */
  tellOverHttp(url: string): HttpMode {
    const mode = new HttpMode(url, this.signingSecret);
    this.way = mode;
    return mode;
  }

  addChannel(id: string, name: string, member = true, isPrivate = false): void {
    this.workspace.channels.set(id, { id, name, private: isPrivate, member, archived: false });
  }

  user(id: string): SlackUser {
    const user = this.users.get(id) ?? this.guest(id, this.workspace.team);
    this.users.set(id, user);
    return user;
  }

  /** Somebody of another workspace, in a channel that both share: https://docs.slack.dev/apis/slack-connect */
  guest(id: string, home: string): SlackUser {
    const parts: UserParts = {
      home,
      workspace: this.workspace,
      deliver: (payload) => this.deliver(payload),
      deliverEvent: (event, times) => this.deliverEvent(event, times),
      responseUrl: (user, channel) => this.responseUrl(user, channel),
      unexpected: (what) => this.strange.push(what),
      lag: () => this.lag,
    };
    return new SlackUser(id, parts);
  }

  /**
   * An admin deactivates somebody's account. The application is told, where it may read users: https://docs.slack.dev/reference/events/user_change. `unheard`: it was not there when that was told.
   */
  async deactivate(id: string, { unheard = false } = {}): Promise<void> {
    this.workspace.deactivated.add(id);
    if (unheard || !this.scopes.has('users:read')) return;
    await this.deliverEvent({ type: 'user_change', user: shownUser(this.workspace, id), cache_ts: Math.floor(Date.now() / 1_000), event_ts: this.workspace.ts() });
  }

  /** What stands in a channel, without threads. */
  posts(channel = 'C1'): readonly SlackMessage[] {
    return this.workspace.messages.filter((each) => each.channel === channel && each.thread === undefined && each.ephemeralTo === undefined && !each.deleted);
  }

  thread(parent: SlackMessage): readonly SlackMessage[] {
    return this.workspace.messages.filter((each) => each.channel === parent.channel && each.thread === parent.ts && !each.deleted);
  }

  calls(method?: string): readonly SlackCall[] {
    return this.seen.filter((call) => method === undefined || call.method === method);
  }

  /** What no careful client does. Tests expect this to be empty. */
  unexpected(): readonly string[] {
    return this.strange;
  }

  /** Slack goes away, sockets and all; or is there again. */
  setDown(down: boolean): void {
    this.faults.setDown(down);
    if (down) this.socket.drop();
  }

  /** Whatever people do from now on, their triggers have run out when the application hears of it. */
  expireTriggers(): void {
    this.workspace.triggerAge = 3_600_000;
  }

  deliver(payload: Payload): Promise<Acknowledged> {
    return this.way.send(payload);
  }

  /** Until it is acknowledged; `times` more than once although it was: at least once is what Slack promises. */
  async deliverEvent(event: Readonly<Record<string, unknown>>, times = 1): Promise<void> {
    const { team } = this.workspace;
    const body = { token: 'legacy', team_id: team, api_app_id: 'A1', event, type: 'event_callback', event_id: `Ev${randomUUID()}`, event_time: Math.floor(Date.now() / 1_000), authorizations: [{ enterprise_id: null, team_id: team, user_id: BOT_USER, is_bot: true, is_enterprise_install: false }], is_ext_shared_channel: false };
    let successes = 0;
    for (let attempt = 0; attempt <= RETRY_AFTER.length && successes < times; attempt += 1) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, (RETRY_AFTER[attempt - 1] ?? 0) * Math.min(this.options.scale ?? 1, 0.001)));
      const acknowledged = await this.way.send({ type: 'events_api', body }, attempt === 0 ? undefined : { attempt, reason: 'http_timeout' });
      if (acknowledged.ok) successes += 1;
    }
  }

  async stop(): Promise<void> {
    this.socket.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(api: WebApi, request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString('utf8');
    const [, kind, name = ''] = (request.url ?? '').split('/');
    if (kind === 'api') return api.answer(request, answer, name, raw);
    if (kind === 'response' && this.respond(name, raw)) return void answer.writeHead(200).end('ok');
    answer.writeHead(404).end('no such address');
  }

  private responseUrl(user: string, channel: string): string {
    const id = randomUUID();
    this.responses.set(id, { user, channel, left: RESPONSES });
    return `${this.url}/response/${id}`;
  }

  /** What comes to a `response_url`: seen by one user, whether the bot is in the channel or not. */
  private respond(id: string, raw: string): boolean {
    const found = this.responses.get(id);
    if (!found || found.left === 0 || this.faults.down) return false;
    found.left -= 1;
    const parsed = response.safeParse(JSON.parse(raw));
    if (!parsed.success) {
      this.strange.push(`response_url: ${z.prettifyError(parsed.error)}`);
      return true;
    }
    const { text = '', blocks = [] } = parsed.data;
    this.workspace.messages.push({ channel: found.channel, ts: this.workspace.ts(), ephemeralTo: found.user, text, blocks: named(blocks), edits: 0, deleted: false });
    return true;
  }
}
