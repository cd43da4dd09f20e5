import { setTimeout as sleep } from 'node:timers/promises';
import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Logger } from '@sluice/runtime';
import type { Settings } from '../settings.js';
import { boltLogger } from './bolt-logger.js';
import { notOfTheFuture } from './not-of-the-future.js';

export interface Identity {
  readonly team: string;
  readonly botId: string;
  readonly botUserId: string;
}

// calls of ours are short, and whoever waits is told: our own pacing repeats what has time
const RETRIES = { retries: 1, minTimeout: 200 };
// what is posted in a channel is looked for before it is posted again
const ONCE = { retries: 0 };
// for as long as it takes (the library's own back-off grows without an end), which nothing can call off: it keeps no process alive that has ended all else
const RECONNECT = { forever: true, factor: 1.5, minTimeout: 1_000, maxTimeout: 30_000, randomize: true, unref: true };
const DEADLINE = 10_000;
const GOODBYE = 2_000;

function apiUrl({ slackApiUrl }: Settings): { readonly slackApiUrl?: string } {
  return slackApiUrl === undefined ? {} : { slackApiUrl };
}

/** The Web API with the bot's token. Limits are answered by waiting where there is time, so they come as errors. */
export function webClient(settings: Settings, log: Logger, { once = false } = {}): WebClient {
  return new WebClient(settings.botToken, { ...apiUrl(settings), retryConfig: once ? ONCE : RETRIES, rejectRateLimitedCalls: true, timeout: DEADLINE, logger: boltLogger(log) });
}

/** Who the token is. @throws when Slack does not take it, or does not answer. */
export async function identify(client: WebClient): Promise<Identity> {
  const { team_id: team = '', bot_id: botId = '', user_id: botUserId = '' } = await client.auth.test();
  return { team, botId, botUserId };
}

/** Bolt, by socket or over HTTP; there it checks each request's signature over the raw body, and that it is no older than five minutes. */
export function createApp(settings: Settings, { team, botId, botUserId }: Identity, hears: HTTPReceiver | SocketModeReceiver, log: Logger): App {
  const logger = boltLogger(log);
  const authorize = () => Promise.resolve({ botToken: settings.botToken, botId, botUserId, teamId: team });
  const clientOptions = { ...apiUrl(settings), retryConfig: RETRIES, rejectRateLimitedCalls: true, timeout: DEADLINE };
  return new App({ authorize, receiver: hears, logger, clientOptions });
}

/** How the bot hears, without a bot yet. */
export function createReceiver(settings: Settings, log: Logger): HTTPReceiver | SocketModeReceiver {
  const logger = boltLogger(log);
  const { hearing } = settings;
  if (hearing.kind === 'http') return notOfTheFuture(new HTTPReceiver({ signingSecret: hearing.signingSecret, endpoints: '/slack/events', logger, signatureVerification: true }), log);
  return new SocketModeReceiver({ appToken: hearing.appToken, logger, installerOptions: { clientOptions: { ...apiUrl(settings), retryConfig: RECONNECT, timeout: DEADLINE } } });
}

/** Stops hearing. A socket is given a moment to say goodbye. */
export async function stopListening(app: App, hears: HTTPReceiver | SocketModeReceiver): Promise<void> {
  if (!(hears instanceof SocketModeReceiver)) return void (await app.stop());
  const { client } = hears;
  const { websocket } = client as unknown as Connected;
  keepNothingAlive(websocket);
  dropLateOnes(client);
  await Promise.race([client.disconnect().catch(() => undefined), sleep(GOODBYE, undefined, { ref: false })]);
  websocket?.cleanup?.();
}

/** What nothing of the library's interface reaches. */
interface Connected {
  readonly websocket?: { readonly cleanup?: () => void };
}

/** A connection whose address Slack was being asked for is opened all the same when the answer comes, and nobody would end it. The library says so just before, and opens what it finds there then. */
function dropLateOnes(client: SocketModeReceiver['client']): void {
  client.on('connecting', () => Object.assign(client, { websocket: undefined }));
}

/** The library waits for half a minute for the other side's goodbye, also when that has come at once, and twice when the connection breaks meanwhile: no process has to live on for that. */
function keepNothingAlive(websocket: Connected['websocket']): void {
  if (!websocket) return;
  let kept: NodeJS.Timeout | undefined;
  Object.defineProperty(websocket, 'closeHandshakeTimeout', {
    configurable: true,
    get: () => kept,
    set: (timer: NodeJS.Timeout | undefined) => (kept = timer?.unref()),
  });
}

export async function listen(app: App, { hearing }: Settings): Promise<void> {
  if (hearing.kind === 'http') await app.start({ port: hearing.port, host: hearing.host });
  else await app.start();
}
