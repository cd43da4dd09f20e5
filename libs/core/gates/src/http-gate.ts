import { formatDuration, later } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { HttpGate } from '@sluice/pipeline';
import { askedEvidence, pauseAfter } from './asking.js';
import type { Asking } from './asking.js';
import type { Judgement } from './verdicts.js';

/** What the other side said, or why it said nothing. */
export type HttpAnswer =
  | { readonly kind: 'answer'; readonly outcome: 'pass' | 'wait' | 'fail'; readonly message: string; readonly until?: Instant }
  | { readonly kind: 'no-answer'; readonly message: string };

export interface HttpFinding {
  readonly kind: 'http';
  readonly answer: HttpAnswer;
  readonly asked: Asking;
  readonly boundTo: string;
}

const SOONEST = 1_000;
/** What the other side may ask for: a later time is asked about once on the way. */
const LONGEST_WAIT = 24 * 3_600_000;

/** `http`: what the other side says. While it waits or does not answer it is asked again, less and less often, up to the gate's timeout. */
export function evaluateHttpGate(gate: HttpGate, { answer, asked, boundTo }: HttpFinding): Judgement {
  const evidence = { ...askedEvidence(asked), answered: answer.kind === 'answer' };
  const message = answer.message || (answer.kind === 'answer' ? `it says ${answer.outcome}` : 'no answer');
  if (answer.kind === 'answer' && answer.outcome === 'pass') return { outcome: 'pass', message, evidence };
  if (answer.kind === 'answer' && answer.outcome === 'fail') return { outcome: 'fail', message, clearedBy: `a new commit, or somebody who closes the request and promotes it again; then ${hostOf(gate)} is asked anew`, evidence };
  const giveUpAt = later(asked.first, gate.timeout);
  if (asked.last >= giveUpAt) return { outcome: 'fail', message: `no decision within ${formatDuration(gate.timeout)}; last: ${message}`, clearedBy: 'a new commit, or somebody who closes the request and promotes it again', evidence };
  const until = Math.min(askAgainAt(answer, asked, boundTo), giveUpAt) as Instant;
  return { outcome: 'wait', message, clearedBy: `${hostOf(gate)}, which is asked again`, until, evidence: { ...evidence, askAgainAt: until } };
}

function askAgainAt(answer: HttpAnswer, asked: Asking, boundTo: string): Instant {
  if (answer.kind === 'answer' && answer.until !== undefined) return Math.min(Math.max(answer.until, asked.last + SOONEST), asked.last + LONGEST_WAIT) as Instant;
  return pauseAfter(asked, boundTo);
}

function hostOf({ url }: HttpGate): string {
  return /^https?:\/\/([^/?#]+)/.exec(url)?.[1] ?? 'the other side';
}
