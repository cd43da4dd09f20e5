import { commitSha, type CommitSha, type Instant } from '@sluice/kernel';
import { listRefs, runGit } from '@sluice/git-process';
import { readCommit } from './commit-object.js';
import { PUSHES, pushesOfDayRef } from './forge-refs.js';
import type { RecordStore } from './record-store.js';
import { zPushRecord } from './records.js';

/** Commits remembered, oldest pushes dropped first: some 10 MB. */
const MAX_KNOWN = 100_000;
/** Pushes read at once after a start. */
const MAX_RECORDS = 50_000;
/** Records read one by one before git is asked for all of them at once. */
const MAX_CHAIN = 100;
const DAY = 24 * 60 * 60_000;

/** Commit to pusher, in memory, brought up to date from the records that were added since the last question. */
export class PushIndex {
  private readonly pushers = new Map<CommitSha, string>();
  private tips: readonly string[] | undefined;

  constructor(private readonly store: RecordStore) {}

  /** Commits that no known push brought are left out. One question at a time. */
  async pushersOf(commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, string>> {
    await this.catchUp();
    return new Map(commits.flatMap((commit) => pair(commit, this.pushers.get(commit))));
  }

  private async catchUp(): Promise<void> {
    const recent = this.tips && (await this.recent(this.tips));
    if (recent === 'nothing') return;
    if (recent) return this.take(recent);
    const tips = (await listRefs(this.store.gitDir, [PUSHES])).map(({ sha }) => sha);
    const before = this.tips ?? [];
    const news = tips.filter((tip) => !before.includes(tip));
    if (news.length > 0) this.take(await this.messages(news, before));
    this.tips = tips;
  }

  /** What today's and yesterday's chains have got since, read record by record; undefined when that is much: ask git. */
  private async recent(before: readonly string[]): Promise<string[] | 'nothing' | undefined> {
    const now = this.store.now();
    const found = await Promise.all([now, now - DAY].map((at) => this.store.tip(pushesOfDayRef(at as Instant))));
    const news = found.filter((tip) => tip !== undefined && !before.includes(tip));
    if (news.length === 0) return 'nothing';
    const [tip] = news;
    const chain = news.length === 1 && tip !== undefined ? await this.chain(tip, before) : undefined;
    if (chain && tip !== undefined) this.tips = [...before.filter((known) => known !== chain.from), tip];
    return chain?.messages;
  }

  private async chain(tip: string, before: readonly string[]): Promise<{ readonly from: string; readonly messages: string[] } | undefined> {
    const messages: string[] = [];
    for (let next: string | undefined = tip; next !== undefined && messages.length < MAX_CHAIN; ) {
      if (before.includes(next)) return { from: next, messages };
      const commit = await readCommit(this.store.objects, commitSha(next));
      messages.unshift(commit.message);
      next = commit.parents[0];
    }
    return undefined;
  }

  /** Of the records that are new, oldest first. */
  private async messages(news: readonly string[], before: readonly string[]): Promise<string[]> {
    const input = [...news, ...before.map((tip) => `^${tip}`)].join('\n');
    const args = ['log', '-z', '--format=%B', '--reverse', '--date-order', '--ignore-missing', `--max-count=${MAX_RECORDS}`, '--stdin'];
    const { stdout } = await runGit(args, { gitDir: this.store.gitDir, input: `${input}\n`, maxOutputBytes: 256 * 1024 * 1024 });
    return stdout.toString('utf8').split('\0');
  }

  private take(messages: readonly string[]): void {
    for (const message of messages) {
      const push = parse(message);
      for (const commit of push?.commits ?? []) if (!this.pushers.has(commit)) this.pushers.set(commit, push?.by ?? '');
    }
    for (const commit of this.pushers.keys()) {
      if (this.pushers.size <= MAX_KNOWN) return;
      this.pushers.delete(commit);
    }
  }
}

function pair(commit: CommitSha, pusher: string | undefined): [CommitSha, string][] {
  return pusher === undefined ? [] : [[commit, pusher]];
}

/** A record that cannot be read leaves its commits without a known pusher, which blocks what depends on it. */
function parse(message: string): { readonly by: string; readonly commits: readonly CommitSha[] } | undefined {
  try {
    return zPushRecord.parse(JSON.parse(message.slice(message.indexOf('\n\n') + 2)));
  } catch {
    return undefined;
  }
}
