import { setTimeout as sleep } from 'node:timers/promises';
import { API, type SlackNotificationDto } from '@sluice/contracts';
import { Conflict, messageOf } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { WebClient } from '@slack/web-api';
import type { SluiceApi } from '../sluice/sluice-api.js';
import { notificationMessage } from '../views/notification-message.js';
import type { Condition } from './condition.js';
import { FindChannel } from './find-channel.js';
import { Pacer } from './pacer.js';
import { slackFailureOf } from './slack-failure.js';

interface Parts {
  readonly api: SluiceApi;
  readonly client: WebClient;
  readonly channelsOf: (repository: string, environment: string) => readonly string[];
  /** Milliseconds: between two looks, and between two posts in one channel. */
  readonly every: number;
  readonly post: number;
  /** How long a name is taken to be the same channel's. */
  readonly named?: number;
  readonly condition: Pick<Condition, 'met' | 'troubled' | 'worked'>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

type Outcome = { readonly outcome: 'sent' | 'temporary' | 'permanent'; readonly message?: string; readonly retryAfterSeconds?: number };

/** What the one message of a promotion shows in its channel anyway. Failures are not among them: an edit wakes nobody. */
const SHOWN: ReadonlySet<string> = new Set(['opened', 'waiting-on-approval', 'waiting-on-merge', 'approved', 'approval-voided', 'rejected', 'closed', 'merged', 'live', 'gate-failed']);

/** Fetches from the server what rules say is to be told in Slack, posts it, and says how that went. The server keeps it until then, so nothing is lost while the bot or Slack is away. */
export class TellNotifications {
  private readonly pacers = new Map<string, Pacer>();
  private readonly channels: FindChannel;
  private failing = false;

  constructor(private readonly parts: Parts) {
    this.channels = new FindChannel(parts.client, parts.named);
  }

  /** Runs until the signal ends it. */
  async run(): Promise<void> {
    const { signal, every, log } = this.parts;
    while (!signal.aborted) {
      try {
        await this.look();
        this.failing = false;
      } catch (error) {
        if (!signal.aborted && !this.failing) log.warn({ reason: messageOf(error) }, 'notifications cannot be fetched; trying again');
        this.failing = true;
      }
      await sleep(every, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    const { items } = await this.parts.api.call(API.slackNotifications);
    const refused = new Set<string>();
    for (const item of items) {
      if (this.parts.signal.aborted) return;
      // the server tries the whole channel again later
      if (refused.has(item.channel)) continue;
      const outcome = await this.tell(item);
      if (outcome.outcome === 'temporary') refused.add(item.channel);
      await this.settle(item, outcome);
    }
  }

  private async tell(item: SlackNotificationDto): Promise<Outcome> {
    const { client, condition } = this.parts;
    try {
      const found = await this.channels.find(item.channel);
      if (found.kind === 'none') return this.nowhere(item.channel, found.message);
      const channel = found.kind === 'found' ? found.id : item.channel;
      if (this.isShown(item, channel)) return { outcome: 'sent' };
      await this.pacer(channel).turn();
      await client.chat.postMessage({ channel, ...notificationMessage(item), unfurl_links: false, unfurl_media: false });
      condition.worked(item.channel);
      return { outcome: 'sent' };
    } catch (error) {
      return this.failed(error, item.channel);
    }
  }

  /** Nobody but the writer of the rule, or who may invite the bot, can do something about it. */
  private nowhere(channel: string, message: string): Outcome {
    this.parts.condition.troubled(channel, { reason: 'channel_not_found', message });
    return { outcome: 'temporary', message };
  }

  private failed(error: unknown, channel: string): Outcome {
    const failure = slackFailureOf(error);
    if (!failure || this.parts.signal.aborted) throw error;
    this.parts.log.warn({ err: error, channel }, 'channel cannot be told of something now');
    if (failure.kind === 'channel' || failure.kind === 'token') this.parts.condition.met(channel, failure);
    if (failure.kind === 'wait') return { outcome: 'temporary', message: 'Slack says that it is too much', retryAfterSeconds: Math.min(Math.ceil(failure.milliseconds / 1_000), 3_600) };
    if (failure.kind === 'channel') return { outcome: 'temporary', message: `Slack refuses ${channel}: ${failure.code}: invite the bot, or name another channel` };
    if (failure.kind === 'ours') return { outcome: 'permanent', message: `Slack does not take the message: ${failure.code}` };
    return { outcome: 'temporary', message: 'Slack does not answer' };
  }

  /** One thing is not told twice in one channel. */
  private isShown({ notices, more }: SlackNotificationDto, id: string): boolean {
    return more === 0 && notices.every(({ event, place: { repository, environment, promotion } }) => promotion !== undefined && repository !== undefined && environment !== undefined && SHOWN.has(event) && this.parts.channelsOf(repository, environment).includes(id));
  }

  private async settle({ id }: SlackNotificationDto, body: Outcome): Promise<void> {
    try {
      await this.parts.api.call(API.settleSlackNotification, { params: { notification: id }, body });
    } catch (error) {
      // another bot was faster
      if (!(error instanceof Conflict)) throw error;
    }
  }

  private pacer(channel: string): Pacer {
    const pacer = this.pacers.get(channel) ?? new Pacer(this.parts.post, this.parts.signal);
    this.pacers.set(channel, pacer);
    return pacer;
  }
}
