import { printableLine } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import type { Judgement } from './verdicts.js';

/** A commit without a valid signature of one of the keys. */
export interface CommitProblem {
  readonly commit: CommitSha;
  /** `Ada <ada@example.org>`, as git has it. */
  readonly author: string;
  /** `is not signed`. */
  readonly message: string;
  /** It could not be checked: the server lacks what that takes. */
  readonly unchecked: boolean;
}

export interface SignaturesFinding {
  readonly kind: 'signatures';
  readonly commits: number;
  /** Oldest first. */
  readonly problems: readonly CommitProblem[];
}

/** `signature`: every commit that the promotion brings is signed with one of the keys. */
export function evaluateSignatureGate({ commits, problems }: SignaturesFinding): Judgement {
  const [first] = problems.filter(({ unchecked }) => !unchecked);
  const evidence = { commits, withoutSignature: problems.length };
  if (first) return { outcome: 'fail', message: told(first, problems.length), clearedBy: `${printableLine(first.author, 200)}, by signing it and pushing it again, or the keys of the gate`, evidence: { ...evidence, first: first.commit } };
  const [unchecked] = problems;
  if (unchecked) return { outcome: 'wait', message: told(unchecked, problems.length), clearedBy: 'whoever runs the server', evidence: { ...evidence, first: unchecked.commit } };
  return { outcome: 'pass', message: `${commits} ${commits === 1 ? 'commit is' : 'commits are'} signed with a trusted key`, evidence };
}

function told({ commit, author, message }: CommitProblem, count: number): string {
  const others = count > 1 ? ` (and ${count - 1} more ${count === 2 ? 'commit' : 'commits'})` : '';
  return `${commit.slice(0, 10)} by ${printableLine(author, 200)} ${message}${others}`;
}
