import { evaluateGate, isSourceGate, nextLook, overall } from '@sluice/gates';
import { present } from '@sluice/kernel';
import type { CommitSha, Instant } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import { observeGates } from './observe-gates.js';
import type { GatePorts, GateScope } from './observe-gates.js';
import type { LifecyclePorts } from './ports.js';

/** Whether the last verdicts of an open promotion have all its gates on the source passed. */
export function sourceGatesPassed(target: Environment, verdicts: readonly Verdict[]): boolean {
  return target.gates.filter(isSourceGate).every((gate) => verdicts.some((verdict) => verdict.gate === gate.name && verdict.outcome === 'pass'));
}

/** Whether the gates on the source pass now for a source commit that is not a candidate yet; and when they can by themselves, if it is only a matter of time. */
export async function judgeSource(ports: GatePorts & Pick<LifecyclePorts, 'clock'>, scope: GateScope, source: CommitSha): Promise<{ readonly passed: boolean; readonly lookAgainAt?: Instant }> {
  const observed = await observeGates(ports, scope, { candidate: { source }, authors: [], previous: [] });
  const verdicts = scope.target.gates.filter(isSourceGate).map((gate) => evaluateGate(gate, observed, ports.clock()));
  return { passed: overall(verdicts) === 'pass', ...present({ lookAgainAt: nextLook(verdicts) }) };
}

/** {@link judgeSource}, where nothing is asked of the time. */
export async function sourceGatesPass(ports: GatePorts & Pick<LifecyclePorts, 'clock'>, scope: GateScope, source: CommitSha): Promise<boolean> {
  return (await judgeSource(ports, scope, source)).passed;
}
