import type { RefSession } from '@sluice/git-process';
import type { CommitSha } from '@sluice/kernel';
import type { PinnedBase } from '@sluice/usecases';
import type { Remote } from './remote.js';

const PREFIX = 'refs/sluice/base/';
const DELAY = 500;
const MOST_AT_ONCE = 200;

/**
 * Keeps the bases of promotions from being collected: here at once, on the remote a little later and together, so that a promotion does not wait for it. A reference of its own for each application
 * in each target: a new base takes the place of the one before, so there are never more than there are ledgers.
 */
export class Pins {
  private readonly known = new Map<string, CommitSha>();
  private readonly pending = new Map<string, CommitSha>();
  private timer: NodeJS.Timeout | undefined;
  private pushing: Promise<void> = Promise.resolve();

  constructor(private readonly place: { readonly gitDir: string; readonly remote: Remote; readonly refs: RefSession }) {}

  async set({ target, application, commit }: PinnedBase): Promise<void> {
    const ref = `${PREFIX}${target}/${application}`;
    if (this.known.get(ref) === commit) return;
    await this.place.refs.update([{ ref, to: commit }]);
    this.known.set(ref, commit);
    this.pending.set(ref, commit);
    this.timer ??= setTimeout(() => void this.flush(), DELAY).unref();
  }

  /** Pushes what the remote does not have yet. What it refuses now is tried again with the next pin. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pushing = this.pushing.then(() => this.pushAll());
    await this.pushing;
  }

  /** The mirror was made anew. */
  forget(): void {
    this.known.clear();
  }

  private async pushAll(): Promise<void> {
    while (this.pending.size > 0 && (await this.push([...this.pending].slice(0, MOST_AT_ONCE))));
  }

  private async push(pins: readonly (readonly [string, CommitSha])[]): Promise<boolean> {
    try {
      await this.place.remote.put(this.place.gitDir, new Map(pins));
    } catch {
      // the branches still hold these commits; a pin on the remote only outlives a force push
      return false;
    }
    for (const [ref, commit] of pins) if (this.pending.get(ref) === commit) this.pending.delete(ref);
    return true;
  }
}
