import { type CommitSha, NotFound, type Turns } from '@sluice/kernel';
import { listRefs } from '@sluice/git-process';
import type { NewChangeRequest } from '@sluice/usecases';
import type { StoredChange } from './change-revision.js';
import { LOST, untilWon } from './compare-and-swap.js';
import { CHANGES, changeRef, newestOfSourceRef, openPairRef } from './forge-refs.js';
import { finishInterrupted } from './finish-interrupted.js';
import type { RecordStore } from './record-store.js';
import { type ChangeRecord, zChangeRecord } from './records.js';

/** The change requests of one repository. */
export class ChangeStore {
  private highestKnown = 0;

  constructor(
    readonly records: RecordStore,
    private readonly turns: Turns,
  ) {}

  /** @throws NotFound, UnreadableRecord */
  async load(number: number): Promise<StoredChange> {
    const stored = await this.find(number);
    if (!stored) throw new NotFound(`There is no change request ${number} in this repository`);
    return stored;
  }

  /** What a killed process left half done is finished or taken back first. @throws UnreadableRecord */
  async find(number: number): Promise<StoredChange | undefined> {
    return untilWon(`Change request ${number}`, async () => {
      const stored = await this.records.read(changeRef(number), zChangeRecord);
      if (!stored || stored.record.state === 'open') return stored;
      return (await finishInterrupted(this.records, stored)) ? stored : LOST;
    });
  }

  /** Returns the open request of these branches, or makes one. */
  async open(request: NewChangeRequest, head: CommitSha): Promise<StoredChange> {
    const attempt = async (): Promise<StoredChange | typeof LOST> => (await this.findOpen(request.sourceBranch, request.targetBranch)) ?? this.create(request, head);
    return this.turns.take(`${this.records.gitDir} open`, () => untilWon(`The request from ${request.sourceBranch}`, attempt));
  }

  /** The number of the newest request. */
  async highest(): Promise<number> {
    if (this.highestKnown === 0) await this.countAll();
    while (await this.records.tip(changeRef(this.highestKnown + 1))) this.highestKnown += 1;
    return this.highestKnown;
  }

  private async findOpen(source: string, target: string): Promise<StoredChange | undefined | typeof LOST> {
    const ref = openPairRef(source, target);
    const pair = await this.records.read(ref, zChangeRecord);
    if (!pair) return undefined;
    const { number } = pair.record;
    const change = await this.find(number);
    if (change && change.record.state === 'open' && samePair(change.record, pair.record)) return change;
    // killed while it was opened: the pair is there, and the number is free or was taken by another request
    if (!change) await this.records.swap([{ ref: changeRef(number), to: pair.at, from: null }]);
    else if (!samePair(change.record, pair.record)) await this.records.swap([{ ref, to: null, from: pair.at }]);
    return LOST;
  }

  private async create(request: NewChangeRequest, head: CommitSha): Promise<StoredChange | typeof LOST> {
    const number = (await this.highest()) + 1;
    const newest = await this.records.read(newestOfSourceRef(request.sourceBranch), zChangeRecord);
    const record = newRecord({ ...request, number, head, createdAt: this.records.now() }, newest?.record.number);
    const at = await this.records.write(`change ${number}: opened`, record, [head]);
    const won = await this.records.swap([
      { ref: newestOfSourceRef(request.sourceBranch), to: at, from: newest?.at ?? null },
      { ref: openPairRef(request.sourceBranch, request.targetBranch), to: at, from: null },
      { ref: changeRef(number), to: at, from: null },
    ]);
    if (won) return { record, at };
    await this.countAll();
    return LOST;
  }

  private async countAll(): Promise<void> {
    const refs = await listRefs(this.records.gitDir, [CHANGES]);
    this.highestKnown = refs.reduce((highest, { ref }) => Math.max(highest, Number(ref.slice(CHANGES.length)) || 0), this.highestKnown);
  }
}

function newRecord(made: NewChangeRequest & Pick<ChangeRecord, 'number' | 'head' | 'createdAt'>, previous: number | undefined): ChangeRecord {
  const { number, title, body, sourceBranch, targetBranch, draft, head, createdAt, labels = [] } = made;
  const link = previous === undefined || previous >= number ? {} : { previous };
  const timeline = [{ at: createdAt, what: 'opened' }];
  return { kind: 'change', number, title, body, sourceBranch, targetBranch, draft, state: 'open', head, createdAt, updatedAt: createdAt, ...(labels.length > 0 && { labels: [...new Set(labels)].sort() }), ...link, reviews: [], timeline };
}

function samePair(one: ChangeRecord, other: ChangeRecord): boolean {
  return one.sourceBranch === other.sourceBranch && one.targetBranch === other.targetBranch;
}
