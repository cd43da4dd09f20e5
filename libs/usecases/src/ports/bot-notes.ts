/** Something that a bot keeps: a text under a key, with a number that grows with each change. */
export interface BotNote {
  readonly key: string;
  readonly value: string;
  /** From 1. */
  readonly version: number;
}

export interface PutNote {
  readonly key: string;
  readonly value: string;
  /** What is to be there now: a version, or 0 for nothing. Absent: whatever is there. */
  readonly expected?: number;
  /** Milliseconds from now until it is as if it had never been there. Absent: it stays. */
  readonly lifetime?: number;
}

/** What bots keep in the server's database, so that a bot has none of its own. What has expired is not there. */
export interface BotNotes {
  get(key: string): Promise<BotNote | undefined>;
  /** Those whose key starts with `prefix` and comes after `after`, by key. */
  list(prefix: string, after: string, limit: number): Promise<readonly BotNote[]>;
  /** @returns the new version, or `undefined` when something else was there than expected. Of several at once one wins. */
  put(note: PutNote): Promise<number | undefined>;
  /** @returns what was there. Of several at once one gets it. */
  take(key: string): Promise<BotNote | undefined>;
}
