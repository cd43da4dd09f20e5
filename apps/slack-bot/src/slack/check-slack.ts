import { InvalidInput } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import { slackFailureOf } from '../publish/slack-failure.js';
import type { Settings } from '../settings.js';
import { identify, webClient } from './connect.js';

/**
 * Asks Slack about the tokens: nobody else knows whether they are right.
 * @returns what is to be known beside, for people. @throws InvalidInput when Slack does not take one.
 */
export async function checkSlack(settings: Settings, log: Logger): Promise<string | undefined> {
  const { hearing } = settings;
  try {
    await taken('the bot token (SLUICE_SLACK_BOT_TOKEN)', () => identify(webClient(settings, log)));
    // makes an address for one connection, which nobody uses
    if (hearing.kind === 'socket') await taken('the app-level token (SLUICE_SLACK_APP_TOKEN)', () => webClient({ ...settings, botToken: hearing.appToken }, log).apps.connections.open());
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInput || !slackFailureOf(error)) throw error;
    return 'it does not answer now, so the tokens were not tried; the bot tries again and again';
  }
}

/** @throws InvalidInput when Slack answers that it does not take the token. */
export async function taken<T>(token: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const failure = slackFailureOf(error);
    if (failure?.kind === 'token' || failure?.kind === 'ours') throw new InvalidInput(`Slack does not take ${token}: ${failure.code}. docs/slack.md says where it is found`, { cause: error });
    throw error;
  }
}
