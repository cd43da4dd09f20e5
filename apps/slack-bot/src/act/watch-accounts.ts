import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import { API } from '@sluice/contracts';
import { NotFound, messageOf } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { Condition } from '../publish/condition.js';
import type { Pacer } from '../publish/pacer.js';
import { wordOf } from '../publish/slack-failure.js';
import { whenTaken } from '../slack/when-taken.js';
import type { SluiceApi } from '../sluice/sluice-api.js';
import type { Account } from './accounts.js';

interface Parts {
  readonly api: SluiceApi;
  readonly client: WebClient;
  /** The workspace of this bot, and who the bot is there. */
  readonly team: string;
  readonly self: string;
  readonly condition: Pick<Condition, 'troubled' | 'over'>;
  /** The turns of asking about one account. */
  readonly asks: Pacer;
  /** Milliseconds: between two looks at all accounts, and after one that did not work. */
  readonly every: number;
  readonly patience: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Where its trouble is said to be. */
const WHERE = 'people';
const CANNOT_SEE = 'whether people who have linked their account still have it cannot be seen: give the app the scope users:read of infra/slack/manifest.yaml and install it again';

/** Ends the links of accounts that Slack says are deactivated. It tells of that once, which is lost while the bot is away: so all are looked at now and then. */
export class WatchAccounts {
  constructor(private readonly parts: Parts) {}

  /** Runs until the signal ends it. */
  async run(): Promise<void> {
    const { signal, every, patience, log } = this.parts;
    while (!signal.aborted) {
      const pause = await this.lookAtAll().then(
        () => every,
        (error: unknown) => {
          if (!signal.aborted) log.warn({ reason: messageOf(error) }, 'linked accounts cannot be looked at; trying again');
          return Math.min(patience, every);
        },
      );
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Ends the link of an account of this workspace if it is deactivated. */
  async look(account: Account): Promise<void> {
    if (account.team === this.parts.team && (await this.isGone(account.user))) await this.gone(account);
  }

  /** Slack has said that it is deactivated. */
  async gone({ team, user }: Account): Promise<void> {
    try {
      await this.parts.api.call(API.unlinkSlack, { params: { team, user }, query: { because: 'deactivated' } });
      this.parts.log.info({ team, user }, 'linked account is deactivated in Slack: it is nobody’s any more');
    } catch (error) {
      // most people have linked none
      if (!(error instanceof NotFound)) throw error;
    }
  }

  private async lookAtAll(): Promise<void> {
    const { api, team, self, signal } = this.parts;
    // also where nobody has linked an account yet: a scope that is missing is to be known before somebody leaves
    await this.isGone(self);
    const { items } = await api.call(API.slackLinks, { query: { team } });
    for (const { userId } of items) {
      if (signal.aborted) return;
      await this.look({ team, user: userId });
    }
  }

  private async isGone(user: string): Promise<boolean> {
    const { client, condition, asks } = this.parts;
    await asks.turn();
    try {
      const { user: found } = await whenTaken(() => client.users.info({ user }));
      condition.over(WHERE);
      return found?.deleted === true;
    } catch (error) {
      const word = wordOf(error);
      if (word === 'missing_scope') condition.troubled(WHERE, { reason: word, message: CANNOT_SEE });
      else if (word !== 'user_not_found') throw error;
      // who has typed a code there, and is not known there any more
      return word === 'user_not_found';
    }
  }
}
