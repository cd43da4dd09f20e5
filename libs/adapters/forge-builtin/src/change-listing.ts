import { listRefs } from '@sluice/git-process';
import type { ChangeRequest } from '@sluice/usecases';
import type { ChangeStore } from './change-store.js';
import { newestOfSourceRef, OPEN_PAIRS, openFrom } from './forge-refs.js';
import { type ChangeRecord, zChangeRecord } from './records.js';
import { UnreadableRecord } from './unreadable-record.js';

export interface ChangeFilter {
  readonly state?: ChangeRequest['state'];
  readonly sourceBranch?: string;
  readonly limit: number;
  readonly before?: number;
}

/** Records read at once while going down the numbers. */
const PAGE = 100;

/**
 * Newest first. Open ones come from their index, those of one branch along their links, others by going down the numbers: what does not match is read (0.1 ms each) only in the last case.
 * Records that cannot be read are left out and reported.
 */
export class ChangeListing {
  constructor(
    private readonly changes: ChangeStore,
    private readonly onUnreadable: (error: UnreadableRecord) => void,
  ) {}

  async list(filter: ChangeFilter): Promise<readonly ChangeRecord[]> {
    if (filter.state === 'open') return this.openOnes(filter);
    return filter.sourceBranch === undefined ? this.downTheNumbers(filter) : this.alongTheLinks(filter, filter.sourceBranch);
  }

  private async openOnes(filter: ChangeFilter): Promise<readonly ChangeRecord[]> {
    const { records } = this.changes;
    const refs = await listRefs(records.gitDir, [filter.sourceBranch === undefined ? OPEN_PAIRS : openFrom(filter.sourceBranch)]);
    const pairs = await Promise.all(refs.map(({ ref }) => this.readable(() => records.read(ref, zChangeRecord))));
    const numbers = [...new Set(pairs.flatMap((pair) => (pair ? [pair.record.number] : [])))];
    const page = numbers.filter((number) => number < (filter.before ?? Infinity)).sort((a, b) => b - a);
    return this.matching(page, filter);
  }

  private async downTheNumbers(filter: ChangeFilter): Promise<readonly ChangeRecord[]> {
    const found: ChangeRecord[] = [];
    let next = Math.min(await this.changes.highest(), (filter.before ?? Infinity) - 1);
    while (next > 0 && found.length < filter.limit) {
      const size = Math.min(PAGE, next, Math.max(10, filter.limit));
      const numbers = Array.from({ length: size }, (_, index) => next - index);
      found.push(...(await this.matching(numbers, filter)));
      next -= size;
    }
    return found.slice(0, filter.limit);
  }

  private async alongTheLinks(filter: ChangeFilter, source: string): Promise<readonly ChangeRecord[]> {
    const found: ChangeRecord[] = [];
    let next = await this.newestOf(source);
    while (next !== undefined && next > 0 && found.length < filter.limit) {
      const number: number = next;
      const record = (await this.readable(() => this.changes.find(number)))?.record;
      if (record && matches(record, filter)) found.push(record);
      // where the chain is broken, the one below is looked at, until one of this branch is met again
      next = record?.sourceBranch === source ? record.previous : number - 1;
    }
    return found;
  }

  private async newestOf(source: string): Promise<number | undefined> {
    const { records } = this.changes;
    const ref = newestOfSourceRef(source);
    const newest = await this.readable(() => records.read(ref, zChangeRecord));
    if (newest) return newest.record.number;
    return (await records.tip(ref)) === undefined ? undefined : this.changes.highest();
  }

  private async matching(numbers: readonly number[], filter: ChangeFilter): Promise<readonly ChangeRecord[]> {
    const found: ChangeRecord[] = [];
    for (let at = 0; at < numbers.length && found.length < filter.limit; at += PAGE) {
      const stored = await Promise.all(numbers.slice(at, at + PAGE).map((number) => this.readable(() => this.changes.find(number))));
      found.push(...stored.flatMap((change) => (change && matches(change.record, filter) ? [change.record] : [])));
    }
    return found.slice(0, filter.limit);
  }

  private async readable<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      this.onUnreadable(error);
      return undefined;
    }
  }
}

function matches(record: ChangeRecord, filter: ChangeFilter): boolean {
  if (filter.state !== undefined && record.state !== filter.state) return false;
  if (filter.sourceBranch !== undefined && record.sourceBranch !== filter.sourceBranch) return false;
  return record.number < (filter.before ?? Infinity);
}

