import type { InventoryRecord } from './inventory-record.js';
import type { KnownObjects } from './known-objects.js';
import type { RanJob } from './ran-jobs.js';

export interface RememberJobsParts {
  readonly known: Pick<KnownObjects, 'get'>;
  readonly record: Pick<InventoryRecord, 'ranJobs' | 'note'>;
}

/** Writes down which Jobs among these have been applied, and which have failed, as far as that is new: they may be gone at the next look. @throws ApiFailure, Unavailable */
export async function rememberJobs(wanted: readonly { readonly key: string; readonly hash: string }[], { known, record }: RememberJobsParts): Promise<void> {
  const before = await record.ranJobs();
  const news = wanted.flatMap(({ key, hash }): readonly (readonly [string, RanJob])[] => {
    const { job, hash: applied, drift } = known.get(key) ?? {};
    if (job === undefined || applied !== hash || drift) return [];
    const [was, failed] = [before.get(key), job === 'failed'];
    return was?.hash === hash && was.failed === failed ? [] : [[key, { hash, failed }]];
  });
  if (news.length > 0) await record.note({ ranJobs: new Map([...before, ...news]) });
}
