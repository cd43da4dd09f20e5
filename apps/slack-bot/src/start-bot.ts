import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import { Accounts } from './act/accounts.js';
import { Answer } from './act/answer.js';
import { Decide } from './act/decide.js';
import { Places } from './act/places.js';
import { WatchAccounts } from './act/watch-accounts.js';
import { channelsOf } from './channels.js';
import { Condition } from './publish/condition.js';
import { FollowPromotions } from './publish/follow-promotions.js';
import { Pacer } from './publish/pacer.js';
import { Publisher } from './publish/publisher.js';
import { slackFailureOf } from './publish/slack-failure.js';
import { TellNotifications } from './publish/tell-notifications.js';
import { TellPromotion } from './publish/tell-promotion.js';
import type { Settings } from './settings.js';
import { taken } from './slack/check-slack.js';
import { createApp, createReceiver, identify, listen, stopListening, webClient, type Identity } from './slack/connect.js';
import { handleEverything } from './slack/handle.js';
import { Notes } from './sluice/notes.js';
import { SluiceApi } from './sluice/sluice-api.js';

const GOODBYE = 2_000;
/** Milliseconds between two times that the bot says that it is there. */
const TOLD_EVERY = 60_000;

export interface RunningBot {
  readonly publisher: Publisher;
  /** Ends at once; what was not told yet is told by the next one. */
  close(): Promise<void>;
}

/** Starts the bot: it hears of what people do in Slack, and of what happens in Sluice. @throws when Slack or the settings say that it cannot work. */
export async function startBot(settings: Settings, log: Logger): Promise<RunningBot> {
  const ending = new AbortController();
  const { signal } = ending;
  const client = webClient(settings, log);
  const identity = await patiently(() => taken('the bot token (SLUICE_SLACK_BOT_TOKEN)', () => identify(client)), settings.pace.patience, log);
  const api = new SluiceApi(settings.sluice);
  const notes = new Notes(api, { team: identity.team, answerWithin: settings.pace.answer });
  const condition = new Condition({ log, keep: (state) => notes.saveState(state), team: identity.team, hearing: settings.hearing.kind, channels: [...new Set(settings.channels.map(({ channel }) => channel))] });
  const publisher = createPublisher({ settings, log, signal, api, notes, client: webClient(settings, log, { once: true }), identity, condition });
  const places = new Places(api);
  const accounts = new Accounts(api);
  const decide = new Decide({ api, notes, accounts, changed: (repository, promotion) => void tellAgain(notes, publisher, repository, promotion).catch((error: unknown) => log.warn({ err: error }, 'message of a decision could not be brought up to date')) });
  const hears = createReceiver(settings, log);
  const app = createApp(settings, identity, hears, log);
  const people = new WatchAccounts({ api, client, team: identity.team, self: identity.botUserId, condition, asks: new Pacer(settings.pace.account, signal), every: settings.pace.accounts, patience: settings.pace.patience, log, signal });
  handleEverything(app, { api, notes, accounts, places, people, answer: new Answer(api, places), decide, client, log });
  await listen(app, settings);
  const following = patiently(() => new FollowPromotions({ api, notes, publisher, log, signal, sweep: settings.pace.sweep }).run(), settings.pace.patience, log, signal);
  const telling = new TellNotifications({ api, client, channelsOf: (repository, environment) => channelsOf(settings.channels, repository, environment), every: settings.pace.notifications, post: settings.pace.post, named: settings.pace.named, condition, log, signal }).run();
  const watching = people.run();
  log.info({ team: identity.team, mode: settings.hearing.kind }, 'bot listens');
  const saying = setInterval(() => void condition.tell(), TOLD_EVERY);
  void condition.tell();
  return {
    publisher,
    close: async () => {
      ending.abort();
      clearInterval(saying);
      await stopListening(app, hears);
      // whatever it asks just now may take longer than anybody waits
      await Promise.race([Promise.all([following.catch(() => undefined), telling, watching]), sleep(GOODBYE, undefined, { ref: false })]);
    },
  };
}

interface Making {
  readonly settings: Settings;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly api: SluiceApi;
  readonly notes: Notes;
  readonly client: ReturnType<typeof webClient>;
  readonly identity: Identity;
  readonly condition: Condition;
}

function createPublisher({ settings, log, signal, api, notes, client, identity, condition }: Making): Publisher {
  const { pace, channels } = settings;
  const tell = new TellPromotion({ api, notes, client, team: identity.team, log, updates: new Pacer(pace.update, signal), worked: (channel) => condition.worked(channel) });
  return new Publisher({ tell, pace, condition, log, signal, channelsOf: (repository, environment) => channelsOf(channels, repository, environment) });
}

async function tellAgain(notes: Notes, publisher: Publisher, repository: string, promotion: string): Promise<void> {
  for (const { channel } of await notes.postsOf(repository, promotion)) publisher.changedIn({ repository, promotion, channel });
}

/** Tries until it works, as long as it is only that somebody does not answer. */
async function patiently<T>(work: () => Promise<T>, longest: number, log: Logger, signal?: AbortSignal): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted || !isPassing(error)) throw error;
      log.warn({ reason: messageOf(error) }, 'somebody does not answer; trying again');
      await sleep(Math.min(500 * 2 ** failures, longest), undefined, signal && { signal });
    }
  }
}

function isPassing(error: unknown): boolean {
  const failure = slackFailureOf(error);
  if (failure) return failure.kind === 'away' || failure.kind === 'wait';
  return (error as { readonly kind?: unknown }).kind === 'unavailable';
}
