import type { Clock, RepositoryId } from '@sluice/kernel';
import type { Pull } from './schema.js';
import { stateOf } from './shown-request.js';

/** Milliseconds that a look at a request spares another one. */
const FRESH = 60_000;
const MAX = 1_000;

/** Open requests that were seen a moment ago, so that a merge right after a look needs no second one. What has changed since, GitHub finds by the head that it is told to expect. */
export class RecentPulls {
  private readonly seen = new Map<string, { readonly at: number; readonly pull: Pull }>();

  constructor(private readonly clock: Clock) {}

  note(repository: RepositoryId, pull: Pull): void {
    const key = `${repository}#${pull.number}`;
    this.seen.delete(key);
    if (stateOf(pull) === 'open') this.seen.set(key, { at: this.clock(), pull });
    const [oldest] = this.seen.keys();
    if (this.seen.size > MAX && oldest !== undefined) this.seen.delete(oldest);
  }

  /** For one use. */
  take(repository: RepositoryId, number: number): Pull | undefined {
    const key = `${repository}#${number}`;
    const known = this.seen.get(key);
    this.seen.delete(key);
    return known && known.at + FRESH > this.clock() ? known.pull : undefined;
  }
}
