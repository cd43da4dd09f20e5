import type { SeenCall } from '@sluice/forge-doubles';
import type { TrialRequest } from './place.js';

/** What a forge may be asked, from the push to the merge. */
const BUDGET = { promotion: 5, gate: 2, approval: 1 };

interface Spent {
  /** Of the API, by Sluice, since the repository is connected. */
  readonly calls: readonly SeenCall[];
  readonly approvals: number;
  readonly requests: readonly TrialRequest[];
}

/** Each environment after dev has one gate; what asks for approvals, too, is a gate. */
export function budgetFindings({ calls, approvals, requests }: Spent, tell: (text: string) => void): readonly string[] {
  const allowed = requests.length * (BUDGET.promotion + BUDGET.gate) + approvals * (BUDGET.gate + BUDGET.approval);
  const counts = new Map<string, number>();
  for (const { method, route, status } of calls) counts.set(`${method} ${route} ${status}`, (counts.get(`${method} ${route} ${status}`) ?? 0) + 1);
  tell(`${calls.length} calls for ${requests.length} promotions and ${approvals} approvals: ${(calls.length / Math.max(1, requests.length)).toFixed(2)} a promotion; the budget is ${allowed}`);
  for (const [call, count] of [...counts].sort(([, one], [, other]) => other - one)) tell(`  ${count} ${call}`);
  return calls.length > allowed ? [`${calls.length} calls of the forge: the budget is ${allowed}`] : [];
}
