import { API, type BotNoteDto } from '@sluice/contracts';
import { Conflict, NotFound } from '@sluice/kernel';
import { z } from 'zod';
import type { SluiceApi } from './sluice-api.js';

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
const PAGE = 200;

/** What the bot must not forget, kept in the server's database. */
export class Notes {
  constructor(private readonly api: SluiceApi) {}

  async post(of: { readonly repository: string; readonly promotion: string; readonly channel: string }): Promise<KeptPost | undefined> {
    const key = postKey(of);
    return (await this.list(key)).find((note) => note.key === key)?.kept;
  }

  /** In every channel. */
  async postsOf(repository: string, promotion: string): Promise<readonly Post[]> {
    return (await this.list(`post:${repository}:${promotion}:`)).map(({ kept }) => kept.post);
  }

  async unfinished(): Promise<readonly Post[]> {
    return (await this.list('post:')).flatMap(({ kept }) => (kept.post.done ? [] : [kept.post]));
  }

  /** @returns the new version, or `undefined` when another bot was faster. */
  async savePost(value: Post, expected: number): Promise<number | undefined> {
    return this.put({ key: postKey(value), value: JSON.stringify(value), expected, ttlSeconds: KEPT_FOR });
  }

  async removePost(of: Post): Promise<void> {
    await this.remove(postKey(of));
  }

  /** Whether this is the first time that something is done; for `seconds`. Of several bots one hears yes. */
  async claim(what: string, seconds: number): Promise<boolean> {
    return (await this.put({ key: `done:${what}`.slice(0, 300), value: '1', expected: 0, ttlSeconds: seconds })) !== undefined;
  }

  /** It was not done after all: the next try counts. */
  async release(what: string): Promise<void> {
    await this.remove(`done:${what}`.slice(0, 300));
  }

  async cursor(): Promise<string | undefined> {
    const { items } = await this.api.call(API.botNotes, { query: { prefix: 'cursor' } });
    return items[0]?.value;
  }

  async saveCursor(value: string): Promise<void> {
    await this.put({ key: 'cursor', value });
  }

  private async put(body: { readonly key: string; readonly value: string; readonly expected?: number; readonly ttlSeconds?: number }): Promise<number | undefined> {
    try {
      return (await this.api.call(API.putBotNote, { body })).version;
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
      return parsed.success ? [{ key, kept: { post: parsed.data, version } }] : [];
    });
  }
}

function postKey({ repository, promotion, channel }: Pick<Post, 'repository' | 'promotion' | 'channel'>): string {
  return `post:${repository}:${promotion}:${channel}`;
}
