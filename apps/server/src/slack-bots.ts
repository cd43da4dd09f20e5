import { botState, type BotStateDto } from '@sluice/contracts';
import type { RepositoryId } from '@sluice/kernel';
import type { Metrics } from '@sluice/runtime';
import type { BotNotes } from '@sluice/usecases';

/** Before the keys of what a bot for Slack keeps: another kind of bot would have notes of its own. */
export const SLACK_NOTES = 'slack:';
/** Before the rest of the key under which a bot says how it is. */
export const STATE = 'state:';
const MOST_BOTS = 200;

type Ports = { readonly botNotes: Pick<BotNotes, 'list'> };

/** How each bot last said that it is. */
export async function slackBots({ botNotes }: Ports): Promise<readonly BotStateDto[]> {
  const found = await botNotes.list(`${SLACK_NOTES}${STATE}`, '', MOST_BOTS);
  return found.flatMap(({ value }) => stateOf(value));
}

/** None of a bot of another version that says it otherwise. */
export function stateOf(value: string): readonly BotStateDto[] {
  try {
    return [botState.parse(JSON.parse(value))];
  } catch {
    return [];
  }
}

/** For whoever asks why nothing is heard: each channel of Slack that is not told of promotions of a repository, once. */
export async function explainSlack(ports: Ports, repository?: RepositoryId): Promise<readonly { readonly repository: RepositoryId; readonly message: string }[]> {
  return (await slackBots(ports)).flatMap(({ troubles, untold }) => {
    const byPlace = new Map<string, (typeof untold)[number][]>();
    for (const one of untold) if (repository === undefined || one.repository === repository) byPlace.set(`${one.repository} ${one.channel}`, [...(byPlace.get(`${one.repository} ${one.channel}`) ?? []), one]);
    return [...byPlace.values()].flatMap((ones) => {
      const [first] = ones;
      const trouble = troubles.find(({ where }) => where === first?.channel) ?? troubles.find(({ where }) => where === 'workspace');
      return first && trouble ? [{ repository: first.repository, message: `Slack (${first.channel}) is not told of ${ones.map(({ promotion }) => promotion).join(', ')}: ${trouble.message}` }] : [];
    });
  });
}

/** Figures of the bots, by what they last said. Every process of the server says the same. */
export function measureSlack(metrics: Metrics, ports: Ports): void {
  metrics.gauge('slack_bot_seen_timestamp_seconds', 'When a bot for Slack last said how it is, by workspace', ['team'], async (gauge) => {
    for (const { team, seenAt } of await slackBots(ports)) gauge.set({ team }, Date.parse(seenAt) / 1_000);
  });
  metrics.gauge('slack_bot_troubles', 'What keeps a bot for Slack from doing what it is there for, by workspace, channel and Slack’s word for it', ['team', 'where', 'reason'], async (gauge) => {
    for (const { team, troubles } of await slackBots(ports)) for (const { where, reason } of troubles) gauge.set({ team, where, reason }, 1);
  });
  metrics.gauge('slack_bot_untold', 'Promotions that a channel of Slack could not be told of, by workspace', ['team'], async (gauge) => {
    for (const { team, untold } of await slackBots(ports)) gauge.set({ team }, untold.length);
  });
}
