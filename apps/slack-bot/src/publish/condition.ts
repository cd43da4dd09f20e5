import type { BotStateDto } from '@sluice/contracts';
import { messageOf, repositoryId } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { SlackFailure } from './slack-failure.js';
import type { Place } from './tell-promotion.js';

interface Parts {
  readonly log: Logger;
  /** Kept on the server, where `sluice slack status` shows it. */
  readonly keep: (state: BotStateDto) => Promise<void>;
  readonly team: string;
  readonly hearing: 'socket' | 'http';
  readonly channels: readonly string[];
}

/** What the reason of a trouble means, and who can do something about it. */
const MEANS: Readonly<Record<string, string>> = {
  channel_not_found: 'there is no such channel in this workspace, or it is private and the bot not in it: check SLUICE_SLACK_CHANNELS, and invite the bot',
  not_in_channel: 'the bot is not in the channel: invite it there (/invite @Sluice)',
  is_archived: 'the channel is archived: unarchive it, or name another in SLUICE_SLACK_CHANNELS',
  missing_scope: 'the app lacks a scope of infra/slack/manifest.yaml: add it and install the app again',
  account_inactive: 'the app was removed from the workspace, or the workspace is gone: install it again and give the bot its new token',
};
const ABOUT_TOKEN = 'Slack does not take the bot’s token any more: install the app again and give the bot its new token';
const ABOUT_CHANNEL = 'Slack does not let the bot post in the channel';

/** Milliseconds after which something is no trouble any more that was not met again: nobody asks for it now. Whatever is tried again is tried within an hour and a bit. */
const FORGOTTEN_AFTER = 7_200_000;
const MOST_UNTOLD = 50;
const MOST_TROUBLES = 30;

type Trouble = BotStateDto['troubles'][number];

/** How the bot is: each trouble is logged once when it begins and once when it is over, and kept where operators see it. */
export class Condition {
  private readonly troubles = new Map<string, { readonly trouble: Trouble; metAt: number }>();
  /** By channel, the promotions that it could not be told of. */
  private readonly waiting = new Map<string, readonly Place[]>();
  private readonly since = new Date().toISOString();
  private saving: Promise<void> = Promise.resolve();

  constructor(private readonly parts: Parts) {}

  /** It is there. Said again now and then, so that one can see when it is not. */
  async tell(): Promise<void> {
    const { keep, log } = this.parts;
    this.saving = this.saving.then(() => keep(this.now())).catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'how the bot is could not be kept'));
    await this.saving;
  }

  private now(): BotStateDto {
    const { team, hearing, channels } = this.parts;
    for (const [where, { metAt }] of this.troubles) if (metAt < Date.now() - FORGOTTEN_AFTER) this.troubles.delete(where);
    const untold = [...this.waiting].flatMap(([channel, places]) => places.map(({ repository, promotion }) => ({ channel, repository: repositoryId(repository), promotion })));
    return { team, hearing, channels: [...channels], since: this.since, seenAt: new Date().toISOString(), troubles: [...this.troubles.values()].slice(0, MOST_TROUBLES).map(({ trouble }) => trouble), untold: untold.slice(0, MOST_UNTOLD) };
  }

  /** Something keeps a channel from being told until a person does something. `waiting`: the promotions that it could not be told of. */
  met(channel: string, { kind, code }: Extract<SlackFailure, { kind: 'token' | 'channel' }>, waiting: readonly Place[] = []): void {
    const before = this.waiting.get(channel)?.length ?? 0;
    if (waiting.length > 0) this.waiting.set(channel, waiting);
    const message = MEANS[code] ?? (kind === 'token' ? ABOUT_TOKEN : ABOUT_CHANNEL);
    const isNew = this.troubled(kind === 'token' ? 'workspace' : channel, { reason: code, message });
    if (!isNew && waiting.length > before) void this.tell();
  }

  /** Something that a person has to do. @returns whether that is new. */
  troubled(where: string, { reason, message }: Pick<Trouble, 'reason' | 'message'>): boolean {
    const known = this.troubles.get(where);
    if (known?.trouble.reason === reason && known.trouble.message === message) {
      known.metAt = Date.now();
      return false;
    }
    this.troubles.set(where, { trouble: { where, reason, message, since: new Date().toISOString() }, metAt: Date.now() });
    this.parts.log.error({ where, reason, message }, 'bot cannot do all that it is there for until somebody does something about it');
    void this.tell();
    return true;
  }

  /** The channel has been told of something. */
  worked(channel: string): void {
    this.waiting.delete(channel);
    this.over('workspace', channel);
  }

  /** It was done. */
  over(...places: readonly string[]): void {
    const over = places.filter((where) => this.troubles.delete(where));
    if (over.length === 0) return;
    this.parts.log.info({ where: over }, 'trouble is over');
    void this.tell();
  }
}
