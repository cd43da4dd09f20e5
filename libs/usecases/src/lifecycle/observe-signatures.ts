import type { CommitProblem, Finding } from '@sluice/gates';
import { promotionId } from '@sluice/kernel';
import type { SignatureGate } from '@sluice/pipeline';
import { ledgerPath } from '@sluice/promotion';
import type { Candidate, Ledger } from '@sluice/promotion';
import type { CommitEntry, SignatureState } from '../ports/index.js';
import { promotedCommits } from './collect-authors.js';
import type { FindingPorts, FindingScope } from './finding-scope.js';

/** A commit with a longer message is none that anybody signs. */
const MAX_COMMIT_BYTES = 1_048_576;

/** Checks the signature of every commit that the candidate brings, down to the first environment. */
export async function observeSignatures(ports: FindingPorts, scope: FindingScope, gate: SignatureGate, candidate: Candidate): Promise<Finding> {
  const { mirror, pipeline, application, from, lane } = scope;
  const path = ledgerPath(from.name, application.name);
  const madeBy = async (entry: CommitEntry, ledger: Ledger) => {
    // a ledger that moves on alone brings no content
    if (entry.changes.every((change) => change.path === path)) return 'left-out';
    return (await isMerge(ports, lane.repository, entry, ledger)) ? 'sluice' : 'somebody';
  };
  const { commits, complete } = await promotedCommits(mirror, { pipeline, application }, { environment: from, from: candidate.base, to: candidate.source }, madeBy);
  if (!complete) return { kind: 'unfound', message: `the promotion brings more than ${commits.length - 1} commits, too many to check their signatures`, final: true };
  const raw = [];
  for (const { sha } of commits) raw.push({ sha, bytes: await mirror.commitObject(sha, MAX_COMMIT_BYTES) });
  const states = await ports.signatures.verify(raw, gate.keys);
  const problems = commits.flatMap((entry, index) => problemOf(entry, states[index]));
  // oldest first: whoever mends the first one may have mended all that came after it
  return { kind: 'signatures', commits: commits.length, problems: problems.reverse() };
}

/** A commit that writes a ledger is Sluice's own only when it is the merge of the promotion that the ledger names: anybody may write a file. */
async function isMerge(ports: FindingPorts, repository: FindingScope['lane']['repository'], entry: CommitEntry, ledger: Ledger): Promise<boolean> {
  const promotion = await ports.promotions.get(repository, promotionId(ledger.promotion));
  return promotion !== undefined && (promotion.mergedAs === entry.sha || promotion.candidate.head === entry.sha);
}

function problemOf(entry: CommitEntry, state: SignatureState | undefined): readonly CommitProblem[] {
  const commit = { commit: entry.sha, author: `${entry.authorName} <${entry.authorEmail}>` };
  switch (state?.kind) {
    case 'trusted':
      return [];
    case 'untrusted':
      return [{ ...commit, message: state.message, unchecked: false }];
    case 'unchecked':
      return [{ ...commit, message: state.message, unchecked: true }];
    default:
      return [{ ...commit, message: 'is not signed', unchecked: false }];
  }
}
