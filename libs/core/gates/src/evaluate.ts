import type { Instant } from '@sluice/kernel';
import type { Environment, Gate } from '@sluice/pipeline';
import type { PromotionKind, Verdict } from '@sluice/promotion';
import { evaluateApprovals } from './approvals.js';
import { evaluateCheck } from './check-gate.js';
import { evaluateContentGate } from './content-gate.js';
import { evaluateHealth } from './health-gate.js';
import { evaluateAdoption, evaluateManual } from './manual-gate.js';
import type { GateObservations } from './observations.js';
import { toVerdict } from './verdicts.js';
import type { Judgement } from './verdicts.js';

/** Gates that look at the source environment: their passing makes a source commit a candidate that stays. */
export function isSourceGate(gate: Pick<Gate, 'type'>): boolean {
  return gate.type === 'check' || gate.type === 'health';
}

/** All verdicts for a candidate of this kind, in the order of the pipeline file, approvals last. Record-only commits change nothing that runs: no gate holds them. */
export function evaluateGates(environment: Environment, kind: PromotionKind, observed: GateObservations, now: Instant): readonly Verdict[] {
  if (kind === 'record-only') return [];
  const verdicts = environment.gates.map((gate) => evaluateGate(gate, observed, now));
  if (kind === 'adopt') verdicts.push(toVerdict({ gate: 'adoption', type: 'manual' }, evaluateAdoption(observed), observed.previous, now));
  if (environment.approvals) verdicts.push(toVerdict({ gate: 'approvals', type: 'approvals' }, evaluateApprovals(environment.approvals, observed), observed.previous, now));
  return verdicts;
}

/** One gate's verdict. */
export function evaluateGate(gate: Gate, observed: GateObservations, now: Instant): Verdict {
  return toVerdict({ gate: gate.name, type: gate.type }, judge(gate, observed, now), observed.previous, now);
}

function judge(gate: Gate, observed: GateObservations, now: Instant): Judgement {
  switch (gate.type) {
    case 'check':
      return evaluateCheck(gate, observed);
    case 'health':
      return evaluateHealth(gate, observed, now);
    case 'manual':
      return evaluateManual(gate, observed);
    case 'policy':
    case 'secrets':
    case 'signature':
    case 'http':
    case 'images':
      return evaluateContentGate(gate, observed);
  }
}

/** The earliest time at which a verdict can change by itself. */
export function nextLook(verdicts: readonly Verdict[]): Instant | undefined {
  const times = verdicts.flatMap((verdict) => (verdict.outcome === 'wait' && verdict.until !== undefined ? [verdict.until] : []));
  return times.length === 0 ? undefined : (Math.min(...times) as Instant);
}
