import type { Instant } from '@sluice/kernel';
import type { Verdict } from '@sluice/promotion';

export type Judgement = Omit<Verdict, 'gate' | 'type' | 'since' | 'evidence'> & { readonly evidence?: Verdict['evidence'] };

/** Names a judgement, and keeps `since` from the last evaluation while the outcome stays the same. */
export function toVerdict(name: { readonly gate: string; readonly type: string }, judgement: Judgement, previous: readonly Verdict[], now: Instant): Verdict {
  const before = previous.find((verdict) => verdict.gate === name.gate);
  const since = before?.outcome === judgement.outcome ? before.since : now;
  return { ...name, ...judgement, evidence: judgement.evidence ?? {}, since };
}

/** The worst of them: fail before wait before pass. */
export function overall(verdicts: readonly Verdict[]): Verdict['outcome'] {
  if (verdicts.some((verdict) => verdict.outcome === 'fail')) return 'fail';
  return verdicts.some((verdict) => verdict.outcome === 'wait') ? 'wait' : 'pass';
}
