import type { Clock, Instant, RepositoryId } from '@sluice/kernel';
import type { MergeRequest } from './schema.js';

/** Milliseconds between a look at a request and its merge. */
const RECENT = 20_000;
const MAX_KEPT = 500;

/** Open requests that were read, made or changed a moment ago, so that a merge right after it costs no look. Each is given out once: who asks again wants to know what has changed. */
export class RecentRequests {
  private readonly seen = new Map<string, { readonly request: MergeRequest; readonly at: Instant }>();

  constructor(private readonly clock: Clock) {}

  note(repository: RepositoryId, request: MergeRequest): void {
    const key = `${repository}!${request.iid}`;
    this.seen.delete(key);
    if (request.state !== 'opened') return;
    this.seen.set(key, { request, at: this.clock() });
    const [oldest] = this.seen.keys();
    if (this.seen.size > MAX_KEPT && oldest !== undefined) this.seen.delete(oldest);
  }

  take(repository: RepositoryId, number: number): MergeRequest | undefined {
    const key = `${repository}!${number}`;
    const found = this.seen.get(key);
    this.seen.delete(key);
    return found && this.clock() - found.at < RECENT ? found.request : undefined;
  }
}
