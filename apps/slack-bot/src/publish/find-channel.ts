import type { WebClient } from '@slack/web-api';
import { whenTaken } from '../slack/when-taken.js';
import { wordOf } from './slack-failure.js';

/** Milliseconds for which a name is taken to be the same channel's: people rename channels, and give names to others. */
const FRESH = 600_000;
const PAGE = 200;
const PAGES = 100;

/** What a name comes to: a channel's id; or why it is none, for people. `undecided`: the app may not look, so Slack itself is to say what the name is. */
type FoundChannel = { readonly kind: 'found'; readonly id: string } | { readonly kind: 'none'; readonly message: string } | { readonly kind: 'undecided' };

/** Finds channels by the names that rules give them, among those that the bot is in: in others it may not post. */
export class FindChannel {
  private names = new Map<string, string>();
  private readAt = Number.NEGATIVE_INFINITY;
  /** By name, what it was last: to say what has become of it. */
  private readonly before = new Map<string, string>();

  constructor(
    private readonly client: WebClient,
    private readonly fresh = FRESH,
  ) {}

  /** `channel`: `#name`, or an id, which is taken as it is. @throws what Slack's library throws. */
  async find(channel: string): Promise<FoundChannel> {
    if (!channel.startsWith('#')) return { kind: 'found', id: channel };
    const name = channel.slice(1);
    try {
      // one that is not there may just have been made, or the bot invited
      if (!this.names.has(name) || Date.now() - this.readAt >= this.fresh) await this.read();
    } catch (error) {
      if (wordOf(error) !== 'missing_scope') throw error;
      return { kind: 'undecided' };
    }
    const id = this.names.get(name);
    if (id === undefined) return { kind: 'none', message: this.whyNone(name) };
    this.before.set(name, id);
    return { kind: 'found', id };
  }

  private async read(): Promise<void> {
    const names = new Map<string, string>();
    let cursor = '';
    for (let page = 0; page < PAGES; page += 1) {
      const at = cursor === '' ? {} : { cursor };
      const answer = await whenTaken(() => this.client.users.conversations({ types: 'public_channel,private_channel', exclude_archived: true, limit: PAGE, ...at }));
      for (const { id, name } of answer.channels ?? []) if (id !== undefined && name !== undefined) names.set(name, id);
      cursor = answer.response_metadata?.next_cursor ?? '';
      if (cursor === '') break;
    }
    this.names = names;
    this.readAt = Date.now();
  }

  private whyNone(name: string): string {
    const id = this.before.get(name);
    const [renamed] = [...this.names].find(([, each]) => each === id) ?? [];
    if (id !== undefined && renamed !== undefined) return `#${name} is #${renamed} by now: write that in the rule, or its id ${id}, which stays`;
    return `the bot is in no channel #${name} (or it is archived): invite it there (/invite @Sluice), or write another name or the channel’s id in the rule`;
  }
}
