import { formatDuration, later } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { HttpGate } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import { keptVerdict } from './kept-verdict.js';
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

/** When it was asked about this candidate. */
export interface Asking {
  readonly first: Instant;
  readonly last: Instant;
  readonly count: number;
}

const SOONEST = 1_000;
const FIRST_PAUSE = 15_000;
const LONGEST_PAUSE = 15 * 60_000;
/** What the other side may ask for: a later time is asked about once on the way. */
const LONGEST_WAIT = 24 * 3_600_000;

/** Whether it is time to ask; undefined: not yet. What was settled is asked no more. */
export function dueAsking(gate: HttpGate, boundTo: string, previous: readonly Verdict[], now: Instant): Asking | undefined {
  const before = keptVerdict(gate.name, boundTo, previous);
  if (!before) return { first: now, last: now, count: 1 };
  if (before.outcome !== 'wait' || now < numberIn(before, 'askAgainAt')) return undefined;
  return { first: numberIn(before, 'firstAskedAt') as Instant, last: now, count: numberIn(before, 'asked') + 1 };
}

/** `http`: what the other side says. While it waits or does not answer it is asked again, less and less often, up to the gate's timeout. */
export function evaluateHttpGate(gate: HttpGate, { answer, asked, boundTo }: HttpFinding): Judgement {
  const evidence = { asked: asked.count, firstAskedAt: asked.first, lastAskedAt: asked.last, answered: answer.kind === 'answer' };
  const message = answer.message || (answer.kind === 'answer' ? `it says ${answer.outcome}` : 'no answer');
  if (answer.kind === 'answer' && answer.outcome === 'pass') return { outcome: 'pass', message, evidence };
  if (answer.kind === 'answer' && answer.outcome === 'fail') return { outcome: 'fail', message, clearedBy: `a new commit, or somebody who closes the request and promotes it again; then ${hostOf(gate)} is asked anew`, evidence };
  const giveUpAt = later(asked.first, gate.timeout);
  if (asked.last >= giveUpAt) return { outcome: 'fail', message: `no decision within ${formatDuration(gate.timeout)}; last: ${message}`, clearedBy: 'a new commit, or somebody who closes the request and promotes it again', evidence };
  const until = Math.min(askAgainAt(answer, asked, boundTo), giveUpAt) as Instant;
  return { outcome: 'wait', message, clearedBy: `${hostOf(gate)}, which is asked again`, until, evidence: { ...evidence, askAgainAt: until } };
}

function askAgainAt(answer: HttpAnswer, { last, count }: Asking, boundTo: string): Instant {
  if (answer.kind === 'answer' && answer.until !== undefined) return Math.min(Math.max(answer.until, last + SOONEST), last + LONGEST_WAIT) as Instant;
  const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(count - 1, 20), LONGEST_PAUSE);
  // a fifth more or less, so that many candidates are not asked about at once
  return later(last, Math.round(pause * (0.9 + spread(boundTo) * 0.2)));
}

/** The same for the same candidate: 0 to 1. */
function spread(boundTo: string): number {
  return (parseInt(boundTo.slice(0, 6), 16) || 0) / 0xffffff;
}

function hostOf({ url }: HttpGate): string {
  return /^https?:\/\/([^/?#]+)/.exec(url)?.[1] ?? 'the other side';
}

function numberIn(verdict: Verdict, name: string): number {
  const value = verdict.evidence[name];
  return typeof value === 'number' ? value : 0;
}
