import type { Verdict } from '@sluice/promotion';

/** The gate's verdict of the last evaluation, if it was for the same candidate and the same rule. */
export function keptVerdict(gate: string, boundTo: string, previous: readonly Verdict[]): Verdict | undefined {
  return previous.find((verdict) => verdict.gate === gate && verdict.evidence['boundTo'] === boundTo);
}

/** The same, if nothing is waited for any more. */
export function settledVerdict(gate: string, boundTo: string, previous: readonly Verdict[]): Verdict | undefined {
  const verdict = keptVerdict(gate, boundTo, previous);
  return verdict?.outcome === 'wait' ? undefined : verdict;
}
