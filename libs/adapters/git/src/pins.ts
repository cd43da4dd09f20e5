import type { RefSession } from '@sluice/git-process';
import type { CommitSha } from '@sluice/kernel';
import type { Remote } from './remote.js';

const PREFIX = 'refs/sluice/base/';
const DELAY = 500;
const MOST_AT_ONCE = 200;

/** Keeps commits from being collected: here at once, on the remote a little later and together, so that a promotion does not wait for it. */
export class Pins {
  private readonly known = new Set<CommitSha>();
  private readonly pending = new Set<CommitSha>();
  private timer: NodeJS.Timeout | undefined;
  private pushing: Promise<void> = Promise.resolve();

  constructor(private readonly place: { readonly gitDir: string; readonly remote: Remote; readonly refs: RefSession }) {}

  async add(commit: CommitSha): Promise<void> {
    if (this.known.has(commit)) return;
    await this.place.refs.update([{ ref: PREFIX + commit, to: commit }]);
    this.known.add(commit);
    this.pending.add(commit);
    this.timer ??= setTimeout(() => void this.flush(), DELAY).unref();
  }

  /** Pushes what the remote does not have yet. What it refuses now is tried again with the next pin. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pushing = this.pushing.then(() => this.push());
    await this.pushing;
  }

  /** The mirror was made anew. */
  forget(): void {
    this.known.clear();
  }

  private async push(): Promise<void> {
    const commits = [...this.pending].slice(0, MOST_AT_ONCE);
    if (commits.length === 0) return;
    try {
      await this.place.remote.add(
        this.place.gitDir,
        commits.map((commit) => `${commit}:${PREFIX}${commit}`),
      );
      commits.forEach((commit) => this.pending.delete(commit));
    } catch {
      // the ledger and the branches still hold these commits; a pin on the remote only outlives a force push
    }
  }
}
