import type { CommitProblem, Finding } from '@sluice/gates';
import { present, promotionId } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import type { Application, SignatureGate } from '@sluice/pipeline';
import type { Candidate, Ledger } from '@sluice/promotion';
import type { CommitEntry, SignatureState } from '../ports/index.js';
import { promotedCommits } from './collect-authors.js';
import type { FindingPorts, FindingScope } from './finding-scope.js';

/** A commit with a longer message is none that anybody signs. */
const MAX_COMMIT_BYTES = 1_048_576;

/** Checks the signature of every commit that the candidate brings, down to the first environment. */
export async function observeSignatures(ports: FindingPorts, scope: FindingScope, gate: SignatureGate, candidate: Candidate): Promise<Finding> {
  const { mirror, pipeline, from, lane } = scope;
  const madeBy = async (entry: CommitEntry, ledger: Ledger) => {
    // a ledger that moves on alone brings no content
    if (entry.changes.every((change) => change.path.startsWith(`.sluice/${from.name}/`))) return 'left-out';
    return (await isMerge(ports, lane.repository, entry, ledger)) ? 'sluice' : 'somebody';
  };
  const parts = await Promise.all(rangesOf(scope, candidate).map(({ application, base, source }) => promotedCommits(mirror, { pipeline, application }, { environment: from, from: base, to: source }, { madeBy })));
  const commits = [...new Map(parts.flatMap((part) => part.commits).map((entry) => [entry.sha, entry])).values()];
  const complete = parts.every((part) => part.complete);
  if (!complete) return { kind: 'unfound', message: `the promotion brings more than ${commits.length} commits, too many to check their signatures`, final: true };
  const raw = [];
  for (const { sha } of commits) raw.push({ sha, bytes: await mirror.commitObject(sha, MAX_COMMIT_BYTES) });
  const states = await ports.signatures.verify(raw, gate.keys);
  const problems = commits.flatMap((entry, index) => problemOf(entry, states[index]));
  // oldest first: whoever mends the first one may have mended all that came after it
  return { kind: 'signatures', commits: commits.length, problems: problems.reverse() };
}

/** Of each application that the candidate is about, the commits that it brings. */
function rangesOf({ application, pipeline }: FindingScope, { members, base, source }: Candidate): readonly { readonly application: Application; readonly base?: CommitSha; readonly source: CommitSha }[] {
  if (!members) return [{ application, source, ...present({ base }) }];
  return members.flatMap((member) => {
    const known = pipeline.applications.find(({ name }) => name === member.application);
    return known ? [{ ...member, application: known }] : [];
  });
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
