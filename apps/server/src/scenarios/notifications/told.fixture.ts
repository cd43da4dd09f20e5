import { createHmac } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { personName } from '@sluice/kernel';
import { createMailSender } from '@sluice/notify-mail';
import { createWebhookSender } from '@sluice/notify-webhook';
import { createOutboundHttp } from '@sluice/outbound-http';
import { DeliverNotifications, FollowNews, ManageEndpoints, ReadNotifications, RunNotifications, WatchClusters, type Notifications, type NotificationsRun, type NotificationsView } from '@sluice/usecases';
import { SMTPServer } from 'smtp-server';
import type { World } from '../world.fixture.js';

/** A letter that arrived. */
export interface Letter {
  readonly to: readonly string[];
  readonly subject: string;
  readonly id: string;
}

export interface Call {
  readonly id: string;
  readonly body: { readonly type: string; readonly data: { readonly event?: string; readonly events?: readonly unknown[] } };
  readonly genuine: boolean;
}

export interface TellingOptions {
  /** Whom the server tells by default; absent: nobody. */
  readonly defaultTargets?: readonly string[];
  /** In place of the store's. */
  readonly notifications?: Notifications;
  /** Names this server; a lease belongs to one. */
  readonly worker?: string;
}

/** A mail server and a webhook, and what a server does to tell people by them. */
export class Telling {
  readonly letters: Letter[] = [];
  readonly calls: Call[] = [];
  /** How the webhook answers. */
  answer: (response: ServerResponse) => void = (response) => response.writeHead(204).end();
  secret = '';

  private constructor(
    private readonly world: World,
    private readonly smtp: SMTPServer,
    private readonly http: ReturnType<typeof createServer>,
    private readonly outbound: ReturnType<typeof createOutboundHttp>,
  ) {}

  static async begin(world: World): Promise<Telling> {
    const outbound = createOutboundHttp({ allowedNetworks: ['127.0.0.1/32'], deadline: 1_000 });
    const smtp = new SMTPServer({ disabledCommands: ['AUTH', 'STARTTLS'], logger: false, onData: (stream, session, done) => void read(stream).then((source) => telling.arrived(source, session.envelope.rcptTo.map(({ address }) => address)), done).then(() => done()) });
    smtp.on('error', () => undefined);
    const http = createServer((request, response) => void read(request).then((body) => telling.called(request.headers, body, response)));
    const telling: Telling = new Telling(world, smtp, http, outbound);
    await telling.listen();
    return telling;
  }

  private async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.smtp.listen(0, '127.0.0.1', resolve));
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    await this.addEndpoint('audit');
  }

  async addEndpoint(name: string): Promise<void> {
    const root = await this.world.store.people.get(personName('root'));
    if (!root) throw new Error('root is gone');
    const url = `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/very-secret-path`;
    const { secret } = await new ManageEndpoints({ ...this.world.ports, notificationEndpoints: this.world.store.notificationEndpoints, sealer: this.world.sealer }).add({ name, url }, root);
    this.secret = secret;
  }

  /** A server of its own, as far as telling goes. */
  server({ defaultTargets = [], notifications = this.world.store.notifications, worker = 'world' }: TellingOptions = {}): { run(): Promise<NotificationsRun>; list(): Promise<NotificationsView> } {
    const { world } = this;
    const settings = { ...world.ports.settings, worker, hasMail: true, defaultTargets };
    const ports = {
      ...world.ports,
      notifications,
      notificationEndpoints: world.store.notificationEndpoints,
      sealer: world.sealer,
      webhooks: createWebhookSender(this.outbound, settings),
      mail: createMailSender({ host: '127.0.0.1', port: (this.smtp.server.address() as AddressInfo | null)?.port ?? 1, tls: 'never', from: 'sluice@example.org', deadline: 2_000 }, settings),
    };
    const run = new RunNotifications(ports, { follow: new FollowNews(ports, settings), deliver: new DeliverNotifications(ports, () => 0.5), watches: [new WatchClusters(ports)] }, settings);
    return { run: () => run.run(), list: () => new ReadNotifications(ports, settings).run({ limit: 200 }) };
  }

  subjects(to = 'ops@example.org'): readonly string[] {
    return this.letters.filter((letter) => letter.to.includes(to)).map(({ subject }) => subject);
  }

  forget(): void {
    this.letters.length = 0;
    this.calls.length = 0;
    this.answer = (response) => response.writeHead(204).end();
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    await new Promise<void>((resolve) => this.smtp.close(resolve));
    await this.outbound.close();
  }

  private arrived(source: string, to: readonly string[]): void {
    const header = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(source)?.[1]?.trim() ?? '';
    this.letters.push({ to, subject: header('Subject'), id: header('Message-ID') });
  }

  private called(headers: Readonly<Record<string, string | string[] | undefined>>, body: string, response: ServerResponse): void {
    const [id, timestamp] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])];
    const key = Buffer.from(this.secret.replace('whsec_', ''), 'base64');
    const right = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    this.calls.push({ id, body: JSON.parse(body) as Call['body'], genuine: String(headers['webhook-signature']).split(' ').includes(`v1,${right}`) });
    this.answer(response);
  }
}

async function read(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
