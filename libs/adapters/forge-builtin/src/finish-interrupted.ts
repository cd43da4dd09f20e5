import { runGit, type RefUpdate } from '@sluice/git-process';
import type { CommitSha } from '@sluice/kernel';
import { reviseChange, type StoredChange } from './change-revision.js';
import { branchRef, openPairRef } from './forge-refs.js';
import type { RecordStore } from './record-store.js';
import { type ChangeRecord, zChangeRecord } from './records.js';

/** Branches below this are Sluice's own: only they go away with a merge. */
const OWN_BRANCHES = 'sluice/';

/**
 * git changes the refs of one transaction one after the other, in the order given and deletions last, so a process killed in between leaves the first of them. A merge and a close write
 * the record first and remove the pair last: a record that is not open while its pair still is was interrupted.
 * @returns true when there was nothing to finish; false when the record has to be read again.
 */
export async function finishInterrupted(records: RecordStore, stored: StoredChange): Promise<boolean> {
  const { record } = stored;
  const ref = openPairRef(record.sourceBranch, record.targetBranch);
  const pair = await records.read(ref, zChangeRecord);
  if (pair?.record.number !== record.number) return true;
  const close: RefUpdate = { ref, to: null, from: pair.at };
  if (record.merged) await finishMerge(records, stored, record.merged, close);
  else await records.swap([close]);
  return false;
}

/** The deletion of a merged request's branch, when it is Sluice's and still where it was merged. */
export async function sourceCleanup(records: RecordStore, sourceBranch: string, head: CommitSha): Promise<RefUpdate[]> {
  if (!sourceBranch.startsWith(OWN_BRANCHES)) return [];
  const ref = branchRef(sourceBranch);
  return (await records.tip(ref)) === head ? [{ ref, to: null, from: head }] : [];
}

async function finishMerge(records: RecordStore, stored: StoredChange, merged: NonNullable<ChangeRecord['merged']>, close: RefUpdate): Promise<void> {
  const { targetBranch, sourceBranch, head } = stored.record;
  const ref = branchRef(targetBranch);
  const target = await records.tip(ref);
  const cleanup = [close, ...(await sourceCleanup(records, sourceBranch, head))];
  if (target === merged.onto) await records.swap([{ ref, to: merged.commit, from: merged.onto }, ...cleanup]);
  else if (target !== undefined && (await contains(records.gitDir, target, merged.commit))) await records.swap(cleanup);
  // the branch has gone on without it, and nobody was told that it was merged
  else await reviseChange(records, stored, { fields: { state: 'open', merged: undefined }, what: 'merge taken back' });
}

async function contains(gitDir: string, branch: CommitSha, commit: CommitSha): Promise<boolean> {
  const { exitCode } = await runGit(['merge-base', '--is-ancestor', commit, branch], { gitDir, answers: [1] });
  return exitCode === 0;
}
