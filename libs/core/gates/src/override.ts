import type { EmergencyPolicy, Environment } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import type { ObservedDecision } from './observations.js';
import { mayAct, principalText } from './principals.js';

/** Rules of ours that only a policy which names them may set aside. */
const NAMED_ONLY: readonly string[] = ['approvals', 'adoption'];
/** What is on the request's branch, or where it would go, or was merged, is not what was composed: nobody sets that aside. */
const NEVER: readonly string[] = ['branch', 'target', 'tampered'];

/** Why a gate cannot be overridden in this environment by anybody; undefined when it can. */
export function overrideObstacle(environment: Pick<Environment, 'name' | 'emergency'>, gate: string): string | undefined {
  const { emergency, name } = environment;
  if (!emergency) return `${name} has no emergency policy`;
  if (NEVER.includes(gate)) return `${gate} is never overridden`;
  const named = !NAMED_ONLY.includes(gate) || emergency.also.some((scope) => scope === gate);
  return named ? undefined : `the emergency policy of ${name} does not name ${gate}`;
}

/**
 * Verdicts after the overrides that bind to this digest: what enough people of the emergency policy have set aside passes, and says so. What waits or has failed says
 * who could set it aside.
 */
export function applyOverrides(environment: Environment, verdicts: readonly Verdict[], decisions: readonly ObservedDecision[]): readonly Verdict[] {
  const { emergency } = environment;
  if (!emergency) return verdicts;
  return verdicts.map((verdict) => (verdict.outcome === 'pass' || overrideObstacle(environment, verdict.gate) !== undefined ? verdict : overridden(verdict, emergency, decisions)));
}

/** What was overridden in an earlier evaluation, as it was judged itself: a gate does not take somebody's word for its own. */
export function asJudged(verdict: Verdict): Verdict {
  const { overridden: outcome } = verdict.evidence;
  return outcome === 'wait' || outcome === 'fail' ? { ...verdict, outcome } : verdict;
}

/** Whether a verdict passes by an override only. */
export function isOverridden(verdict: Pick<Verdict, 'evidence'>): boolean {
  return verdict.evidence['overridden'] !== undefined;
}

/** Whether somebody's word sets this verdict aside: whoever overrode a freeze or a rollout did not mean one that came after it. */
export function isOverrideOf({ decision, gate, at }: Pick<ObservedDecision, 'decision' | 'gate' | 'at'>, verdict: Pick<Verdict, 'gate' | 'evidence'>): boolean {
  const { frozenAt, begunAt = frozenAt } = verdict.evidence;
  return decision === 'overridden' && gate === verdict.gate && (typeof begunAt !== 'number' || at >= begunAt);
}

function overridden(verdict: Verdict, emergency: EmergencyPolicy, decisions: readonly ObservedDecision[]): Verdict {
  const given = decisions.filter((decision) => isOverrideOf(decision, verdict) && mayAct(emergency.from, decision));
  const people = [...new Set(given.map(({ person }) => person))].sort();
  const words = given.map(({ person, comment }) => `${person}: ${comment}`).join('; ');
  if (people.length < emergency.required) return notYet(verdict, emergency, people);
  const { clearedBy: _clearedBy, until: _until, ...rest } = verdict;
  return { ...rest, outcome: 'pass', message: `overridden by ${words} (it said: ${verdict.message})`, evidence: { ...verdict.evidence, overridden: verdict.outcome, overriddenBy: people.join(', '), overrideReason: words } };
}

function notYet(verdict: Verdict, emergency: EmergencyPolicy, people: readonly string[]): Verdict {
  const clearedBy = `${verdict.clearedBy === undefined ? '' : `${verdict.clearedBy}; `}in an emergency ${principalText(emergency.from)}, with sluice override`;
  if (people.length === 0) return { ...verdict, clearedBy };
  return { ...verdict, clearedBy, message: `${verdict.message} (${people.length} of ${emergency.required} overrides given, by ${people.join(', ')})` };
}
