import type { Instant } from '@sluice/kernel';
import type { Environment, Gate } from '@sluice/pipeline';
import type { PromotionKind, Verdict } from '@sluice/promotion';
import { evaluateAfter } from './after.js';
import { evaluateApprovals } from './approvals.js';
import { evaluateContentGate } from './content-gate.js';
import { evaluateFreezeGate, evaluateFreezes } from './freeze.js';
import { evaluateInMembers } from './in-members.js';
import { judgeSource } from './judge-source.js';
import { evaluateAdoption, evaluateManual } from './manual-gate.js';
import type { GateObservations } from './observations.js';
import { evaluateRollback } from './rollback.js';
import { applyOverrides, asJudged } from './override.js';
import { evaluateRollout } from './rollout/say-rollout.js';
import { toVerdict } from './verdicts.js';
import type { Judgement } from './verdicts.js';
import { evaluateWindows } from './windows/window-gate.js';

/** Gates that look at the source environment: their passing makes a source commit a candidate that stays. */
export function isSourceGate(gate: Pick<Gate, 'type'>): boolean {
  return gate.type === 'check' || gate.type === 'health' || gate.type === 'test';
}

/**
 * All verdicts for a candidate of this kind, in the order of the pipeline file, then approvals, windows and freezes; what the emergency policy's people have overridden passes.
 * Record-only commits change nothing that runs: no gate holds them. A rollback goes back to what ran before: only the people of an emergency decide on it.
 */
export function evaluateGates(environment: Environment, kind: PromotionKind, observation: GateObservations, now: Instant): readonly Verdict[] {
  if (kind === 'record-only') return [];
  if (kind === 'rollback') return evaluateRollback(environment, observation, now);
  const observed = { ...observation, previous: observation.previous.map(asJudged) };
  const verdicts = environment.gates.map((gate) => evaluateGate(gate, observed, now));
  if (observed.after) verdicts.push(toVerdict({ gate: 'after', type: 'after' }, evaluateAfter(observed.after), observed.previous, now));
  if (kind === 'adopt') verdicts.push(toVerdict({ gate: 'adoption', type: 'manual' }, evaluateAdoption(observed), observed.previous, now));
  if (environment.approvals) verdicts.push(toVerdict({ gate: 'approvals', type: 'approvals' }, evaluateApprovals(environment.approvals, observed), observed.previous, now));
  return applyOverrides(environment, [...verdicts, ...evaluateStops(environment, observed, now)], observed.decisions);
}

/** What time and people stop, whatever the gates say: windows while they are declared, freezes while they are in force, and the rollout that is under way. */
function evaluateStops(environment: Environment, observed: Pick<GateObservations, 'freezes' | 'rollout' | 'previous'>, now: Instant): readonly Verdict[] {
  const windows = environment.windows && toVerdict({ gate: 'windows', type: 'window' }, evaluateWindows(environment.windows, now), observed.previous, now);
  const freezes = evaluateFreezes(observed.freezes ?? [], now);
  const rollout = observed.rollout && toVerdict({ gate: 'rollout', type: 'rollout' }, evaluateRollout(observed.rollout), observed.previous, now);
  return [...(windows ? [windows] : []), ...(freezes ? [toVerdict({ gate: 'freeze', type: 'freeze' }, freezes, observed.previous, now)] : []), ...(rollout ? [rollout] : [])];
}

/** What keeps a promotion that has passed its gates from being merged at this very moment: a window that has closed since, a freeze, a rollout that has begun, or an approval that counts no longer. Of a rollback only the last. */
export function mergeObstacle(environment: Environment, kind: PromotionKind, observed: Pick<GateObservations, 'freezes' | 'rollout' | 'decisions' | 'deactivated' | 'authors' | 'requester' | 'rollback'>, now: Instant): Verdict | undefined {
  if (kind === 'record-only') return undefined;
  if (kind === 'rollback') return evaluateRollback(environment, { ...observed, previous: [] }, now).find(({ outcome }) => outcome !== 'pass');
  const timed = environment.gates.flatMap((gate) => {
    const judgement = evaluateTimed(gate, now);
    return judgement ? [toVerdict({ gate: gate.name, type: gate.type }, judgement, [], now)] : [];
  });
  const adoption = kind === 'adopt' ? [toVerdict({ gate: 'adoption', type: 'manual' }, evaluateAdoption(observed), [], now)] : [];
  const approvals = environment.approvals ? [toVerdict({ gate: 'approvals', type: 'approvals' }, evaluateApprovals(environment.approvals, observed), [], now)] : [];
  const verdicts = applyOverrides(environment, [...timed, ...approvals, ...evaluateStops(environment, { ...observed, previous: [] }, now), ...adoption], observed.decisions);
  return verdicts.find(({ outcome }) => outcome !== 'pass');
}

/** Gates that look at the time alone. */
function evaluateTimed(gate: Gate, now: Instant): Judgement | undefined {
  if (gate.type === 'window') return evaluateWindows([gate.rule], now);
  return gate.type === 'freeze' ? evaluateFreezeGate(gate, now) : undefined;
}

/** One gate's verdict. */
export function evaluateGate(gate: Gate, observed: GateObservations, now: Instant): Verdict {
  return toVerdict({ gate: gate.name, type: gate.type }, judge(gate, observed, now), observed.previous, now);
}

function judge(gate: Gate, observed: GateObservations, now: Instant): Judgement {
  switch (gate.type) {
    case 'check':
    case 'health':
    case 'test':
      return observed.members ? evaluateInMembers(gate, { ...observed, members: observed.members }, now) : judgeSource(gate, observed, now);
    case 'manual':
      return evaluateManual(gate, observed);
    case 'window':
      return evaluateWindows([gate.rule], now);
    case 'freeze':
      return evaluateFreezeGate(gate, now);
    case 'policy':
    case 'secrets':
    case 'signature':
    case 'http':
    case 'images':
      return evaluateContentGate(gate, observed);
  }
}

/** The earliest time at which a verdict can change by itself: what waits may pass then, a window that is open may close, a right that an approval rests on may end. */
export function nextLook(verdicts: readonly Verdict[]): Instant | undefined {
  const times = verdicts.filter(({ outcome }) => outcome !== 'fail').flatMap(({ until, restsUntil }) => [until, restsUntil].filter((time) => time !== undefined));
  return times.length === 0 ? undefined : (Math.min(...times) as Instant);
}
