import type { Account } from '../act/accounts.js';
import { wordOf } from '../publish/slack-failure.js';
import type { Hands } from './hands.js';
import { whenTaken } from './when-taken.js';

/** Slack's words for somebody who cannot be told anything; of `account_inactive` it may be the bot that is meant. */
const OF_USER: ReadonlySet<string | undefined> = new Set(['user_not_found', 'user_disabled', 'user_not_visible', 'cannot_dm_bot', 'account_inactive', 'channel_not_found']);

/** Shows or says something to one person alone. Where Slack does not know them any more it is not tried again: whether they still have their account is looked at instead. */
export async function toOne({ people }: Pick<Hands, 'people'>, account: Account, send: () => Promise<unknown>): Promise<void> {
  try {
    await whenTaken(send);
  } catch (error) {
    if (!OF_USER.has(wordOf(error))) throw error;
    await people.look(account);
  }
}
