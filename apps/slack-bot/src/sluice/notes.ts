import { API, type BotNoteDto, type BotStateDto } from '@sluice/contracts';
import { Conflict, NotFound, Unavailable } from '@sluice/kernel';
import { z } from 'zod';
import type { SluiceApi } from './sluice-api.js';
import { Unanswered } from './unanswered.js';

const post = z.object({
  repository: z.string(),
  promotion: z.string(),
  environment: z.string(),
  team: z.string(),
  channel: z.string(),
  /** Absent: it is being posted, or a bot died at it. */
  ts: z.string().optional(),
  /** Of what people were shown last. */
  digest: z.string(),
  /** A fingerprint of the message as it stands there. */
  shown: z.string(),
  /** Entries of the timeline that were told, in the message or its thread. */
  told: z.number().int(),
  /** Up to where the thread is being told: an answer that never came is looked for there. */
  telling: z.number().int().optional(),
  /** Nothing more will come. */
  done: z.boolean(),
  /** When posting began. */
  since: z.number(),
});
/** The message that tells of one promotion in one channel. */
export type Post = z.output<typeof post>;
export interface KeptPost {
  readonly post: Post;
  readonly version: number;
}

const DAY = 86_400;
const KEPT_FOR = 90 * DAY;
const STATE_FOR = 7 * DAY;
const PAGE = 200;
/** Milliseconds. */
const LISTED_FOR = 15 * 60_000;

/** What the bot must not forget, kept in the server's database. */
export class Notes {
  /** What is not done: as the server has listed it, and as this bot has saved it since. */
  private open: { readonly at: number; readonly posts: Map<string, Post> } | undefined;

  /** `team`: the workspace of this bot; another bot's messages are not ours to touch. `answerWithin`: milliseconds, where somebody waits. */
  constructor(
    private readonly api: SluiceApi,
    private readonly of: { readonly team: string; readonly answerWithin: number },
  ) {}

  async post(of: { readonly repository: string; readonly promotion: string; readonly channel: string }): Promise<KeptPost | undefined> {
    const key = postKey(of);
    return (await this.list(key)).find((note) => note.key === key)?.kept;
  }

  /** In every channel. */
  async postsOf(repository: string, promotion: string): Promise<readonly Post[]> {
    return (await this.list(`post:${repository}:${promotion}:`)).map(({ kept }) => kept.post);
  }

  /** The list of all is as long as what was promoted in ninety days: it is read only now and then, for what another bot has left. */
  async unfinished(): Promise<readonly Post[]> {
    if (!this.open || Date.now() - this.open.at > LISTED_FOR) {
      const at = Date.now();
      const listed = await this.list('post:');
      this.open = { at, posts: new Map(listed.flatMap(({ key, kept }) => (kept.post.done ? [] : [[key, kept.post] as const]))) };
    }
    return [...this.open.posts.values()];
  }

  /** @returns the new version, or `undefined` when another bot was faster. */
  async savePost(value: Post, expected: number): Promise<number | undefined> {
    const version = await this.put({ key: postKey(value), value: JSON.stringify(value), expected, ttlSeconds: KEPT_FOR });
    if (version !== undefined) this.open?.posts.delete(postKey(value));
    if (version !== undefined && !value.done) this.open?.posts.set(postKey(value), value);
    return version;
  }

  async removePost(of: Post): Promise<void> {
    await this.remove(postKey(of));
    this.open?.posts.delete(postKey(of));
  }

  /** Whether this is the first time that something is done; for `seconds`. Of several bots one hears yes. */
  async claim(what: string, seconds: number): Promise<boolean> {
    try {
      return (await this.put({ key: `done:${what}`.slice(0, 300), value: '1', expected: 0, ttlSeconds: seconds }, this.of.answerWithin)) !== undefined;
    } catch (error) {
      // whether it is claimed is of no matter: nothing is done
      throw error instanceof Unanswered ? new Unavailable('Sluice does not answer', { cause: error }) : error;
    }
  }

  /** It was not done after all: the next try counts. */
  async release(what: string): Promise<void> {
    await this.remove(`done:${what}`.slice(0, 300));
  }

  async cursor(): Promise<string | undefined> {
    const { items } = await this.api.call(API.botNotes, { query: { prefix: this.cursorKey } });
    return items.find(({ key }) => key === this.cursorKey)?.value;
  }

  async saveCursor(value: string): Promise<void> {
    await this.put({ key: this.cursorKey, value });
  }

  /** How this bot is, for `sluice slack status`. */
  async saveState(state: BotStateDto): Promise<void> {
    await this.put({ key: `state:${this.of.team}`, value: JSON.stringify(state), ttlSeconds: STATE_FOR });
  }

  private get cursorKey(): string {
    return `cursor:${this.of.team}`;
  }

  private async put(body: { readonly key: string; readonly value: string; readonly expected?: number; readonly ttlSeconds?: number }, deadline?: number): Promise<number | undefined> {
    try {
      return (await this.api.call(API.putBotNote, { body, ...(deadline !== undefined && { deadline }) })).version;
    } catch (error) {
      if (error instanceof Conflict) return undefined;
      throw error;
    }
  }

  private async remove(key: string): Promise<void> {
    try {
      await this.api.call(API.removeBotNote, { query: { key } });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
  }

  private async list(prefix: string): Promise<readonly { readonly key: string; readonly kept: KeptPost }[]> {
    const found: BotNoteDto[] = [];
    for (;;) {
      const { items } = await this.api.call(API.botNotes, { query: { prefix, after: found.at(-1)?.key, limit: PAGE } });
      found.push(...items);
      if (items.length < PAGE) break;
    }
    return found.flatMap(({ key, value, version }) => {
      const parsed = post.safeParse(JSON.parse(value));
      return parsed.success && parsed.data.team === this.of.team ? [{ key, kept: { post: parsed.data, version } }] : [];
    });
  }
}

function postKey({ repository, promotion, channel }: Pick<Post, 'repository' | 'promotion' | 'channel'>): string {
  return `post:${repository}:${promotion}:${channel}`;
}
