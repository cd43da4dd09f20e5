import { Conflict, type CommitSha } from '@sluice/kernel';
import type { RefUpdate } from '@sluice/git-process';
import type { ChangeRequests, MergeOutcome, PushEvent } from '@sluice/usecases';
import { reviseChange, type StoredChange } from './change-revision.js';
import type { ChangeStore } from './change-store.js';
import { statusesOf } from './commit-statuses.js';
import { LOST, untilWon } from './compare-and-swap.js';
import { sourceCleanup } from './finish-interrupted.js';
import { branchRef, openPairRef } from './forge-refs.js';
import { buildMerge } from './merge-commit.js';
import type { RecordStore } from './record-store.js';

export type MergeOptions = Parameters<ChangeRequests['merge']>[2];

export interface MergeJob {
  readonly changes: ChangeStore;
  readonly number: number;
  readonly options: MergeOptions;
  /** Contexts that must be successful on the head. */
  readonly required: (sourceBranch: string, targetBranch: string) => readonly string[];
  /** Called once, by the call that did it. */
  readonly onMerged: (updates: PushEvent['updates']) => Promise<void>;
}

interface Branches {
  readonly head: CommitSha;
  readonly target: CommitSha;
}

/** Merges one request. The target branch, the record, the open pair and Sluice's own source branch change in one transaction of refs, compared with what was looked at. */
export async function mergeChange(job: MergeJob): Promise<MergeOutcome> {
  try {
    return await untilWon(`Change request ${job.number}`, () => attempt(job));
  } catch (error) {
    if (error instanceof Conflict) return { kind: 'moved' };
    throw error;
  }
}

async function attempt(job: MergeJob): Promise<MergeOutcome | typeof LOST> {
  const { changes, number, options } = job;
  const stored = await changes.load(number);
  // the answer to an earlier call may have been lost
  if (stored.record.merged) return { kind: 'merged', commit: stored.record.merged.commit };
  const blocked = blockedBy(stored);
  if (blocked !== undefined) return refused(blocked);
  const branches = await branchesOf(changes, stored);
  if (typeof branches === 'string') return refused(`the branch ${branches} is gone`);
  const { head, target } = branches;
  if (head !== options.expectedHead || (options.expectedTarget !== undefined && options.expectedTarget !== target)) return { kind: 'moved' };
  const lacking = await lackingStatuses(job, stored, head);
  if (lacking.length > 0) return refused(`${lacking.join(' and ')} must be successful on ${head.slice(0, 12)} before this can be merged`);
  return apply(job, stored, branches);
}

function blockedBy({ record }: StoredChange): string | undefined {
  if (record.state === 'closed') return `request ${record.number} is closed`;
  return record.draft ? `request ${record.number} is a draft: mark it as ready first` : undefined;
}

/** @returns the name of the branch that does not exist any more. */
async function branchesOf({ records }: ChangeStore, { record }: StoredChange): Promise<Branches | string> {
  const [head, target] = await Promise.all([records.tip(branchRef(record.sourceBranch)), records.tip(branchRef(record.targetBranch))]);
  if (head === undefined) return record.sourceBranch;
  return target === undefined ? record.targetBranch : { head, target };
}

async function lackingStatuses({ changes, required }: MergeJob, { record }: StoredChange, head: CommitSha): Promise<readonly string[]> {
  const contexts = required(record.sourceBranch, record.targetBranch);
  if (contexts.length === 0) return [];
  const statuses = await statusesOf(changes.records, head);
  return contexts.filter((context) => statuses.find((status) => status.context === context)?.state !== 'success');
}

async function apply({ changes, options, onMerged }: MergeJob, stored: StoredChange, { head, target }: Branches): Promise<MergeOutcome | typeof LOST> {
  const { records } = changes;
  const { number, title, body, sourceBranch, targetBranch } = stored.record;
  const { method = 'squash', by } = options;
  const built = await buildMerge(records, { number, title, body, sourceBranch, targetBranch, head, target, method });
  if (built.kind === 'refused') return built;
  const [pair, cleanup] = await Promise.all([openPair(records, sourceBranch, targetBranch), sourceCleanup(records, sourceBranch, head)]);
  const targetRef = branchRef(targetBranch);
  const written = await reviseChange(records, stored, {
    fields: { state: 'merged', head, merged: { commit: built.commit, onto: target, by, method, at: records.now() } },
    what: `merged by ${method}`,
    by,
    // a source branch that stays is compared too
    refs: [{ ref: targetRef, to: built.commit, from: target }, ...(cleanup.length > 0 ? cleanup : [{ ref: branchRef(sourceBranch), to: head, from: head }]), ...pair],
    keep: [head, built.commit],
  });
  if (written === LOST) return LOST;
  await onMerged([{ ref: targetRef, before: target, after: built.commit }, ...cleanup.map(({ ref }) => ({ ref, before: head }))]);
  return { kind: 'merged', commit: built.commit };
}

async function openPair(records: RecordStore, sourceBranch: string, targetBranch: string): Promise<RefUpdate[]> {
  const ref = openPairRef(sourceBranch, targetBranch);
  const opened = await records.tip(ref);
  return opened === undefined ? [] : [{ ref, to: null, from: opened }];
}

function refused(message: string): MergeOutcome {
  return { kind: 'refused', message };
}
