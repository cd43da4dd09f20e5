import type { CommitSha } from '@sluice/kernel';
import type { RefUpdate } from '@sluice/git-process';
import { LOST } from './compare-and-swap.js';
import { changeRef } from './forge-refs.js';
import type { RecordStore, Stored } from './record-store.js';
import type { ChangeRecord } from './records.js';

export type StoredChange = Stored<ChangeRecord>;

/** What is written in one step with a new version of a record. */
export interface Revision {
  readonly fields: Partial<ChangeRecord>;
  /** For the timeline and the subject of the record's commit. */
  readonly what: string;
  readonly by?: string;
  /** Other refs that change with it, or nothing does. They come after the record: see `finishInterrupted`. */
  readonly refs?: readonly RefUpdate[];
  /** Commits that the record keeps from being collected. */
  readonly keep?: readonly CommitSha[];
}

const MAX_TIMELINE = 200;

/** Writes the next version of a record. @returns `LOST` when it, or another of the refs, has changed meanwhile. */
export async function reviseChange(records: RecordStore, stored: StoredChange, revision: Revision): Promise<StoredChange | typeof LOST> {
  const at = records.now();
  const moment = { at, what: revision.what, ...(revision.by === undefined ? {} : { by: revision.by }) };
  const record: ChangeRecord = { ...stored.record, ...revision.fields, updatedAt: at, timeline: [...stored.record.timeline, moment].slice(-MAX_TIMELINE) };
  const next = await records.write(`change ${record.number}: ${revision.what}`, record, [stored.at, ...(revision.keep ?? [])]);
  const won = await records.swap([{ ref: changeRef(record.number), to: next, from: stored.at }, ...(revision.refs ?? [])]);
  return won ? { record, at: next } : LOST;
}
