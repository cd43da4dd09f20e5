import type { BotStateDto } from '@sluice/contracts';
import { messageOf } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { SlackFailure } from './slack-failure.js';

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

/** How the bot is: each trouble is logged once when it begins and once when it is over, and kept where operators see it. */
export class Condition {
  private readonly troubles = new Map<string, BotStateDto['troubles'][number]>();
  private readonly since = new Date().toISOString();
  private saving: Promise<void> = Promise.resolve();

  constructor(private readonly parts: Parts) {}

  /** It is there. Said again now and then, so that one can see when it is not. */
  async tell(): Promise<void> {
    const { team, hearing, channels, keep, log } = this.parts;
    this.saving = this.saving.then(() => keep({ team, hearing, channels: [...channels], since: this.since, seenAt: new Date().toISOString(), troubles: [...this.troubles.values()] })).catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'how the bot is could not be kept'));
    await this.saving;
  }

  /** Something keeps a channel from being told until a person does something. */
  met(channel: string, { kind, code }: Extract<SlackFailure, { kind: 'token' | 'channel' }>): void {
    const where = kind === 'token' ? 'workspace' : channel;
    if (this.troubles.get(where)?.reason === code) return;
    const message = MEANS[code] ?? (kind === 'token' ? ABOUT_TOKEN : ABOUT_CHANNEL);
    this.troubles.set(where, { where, reason: code, message, since: new Date().toISOString() });
    this.parts.log.error({ where, reason: code, message }, 'nobody is told of promotions until somebody does something about it');
    void this.tell();
  }

  /** The channel has been told of something. */
  worked(channel: string): void {
    const over = ['workspace', channel].filter((where) => this.troubles.delete(where));
    if (over.length === 0) return;
    this.parts.log.info({ where: over }, 'people are told of promotions again');
    void this.tell();
  }
}
