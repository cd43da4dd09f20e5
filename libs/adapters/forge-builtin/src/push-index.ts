import type { CommitSha } from '@sluice/kernel';
import { listRefs, runGit } from '@sluice/git-process';
import { PUSHES } from './forge-refs.js';
import type { RecordStore } from './record-store.js';
import { zPushRecord } from './records.js';

/** Commits remembered, oldest pushes dropped first: some 10 MB. */
const MAX_KNOWN = 100_000;
/** Pushes read at once after a start. */
const MAX_RECORDS = 50_000;

/** Commit to pusher, in memory, brought up to date from the records that were added since the last question. */
export class PushIndex {
  private readonly pushers = new Map<CommitSha, string>();
  private tips: readonly string[] = [];

  constructor(private readonly store: RecordStore) {}

  /** Commits that no known push brought are left out. One question at a time. */
  async pushersOf(commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, string>> {
    await this.catchUp();
    return new Map(commits.flatMap((commit) => pair(commit, this.pushers.get(commit))));
  }

  private async catchUp(): Promise<void> {
    const tips = (await listRefs(this.store.gitDir, [PUSHES])).map(({ sha }) => sha);
    const news = tips.filter((tip) => !this.tips.includes(tip));
    if (news.length > 0) this.take(await this.messages(news));
    this.tips = tips;
  }

  /** Of the records that are new, oldest first. */
  private async messages(news: readonly string[]): Promise<string[]> {
    const input = [...news, ...this.tips.map((tip) => `^${tip}`)].join('\n');
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
