import { evaluateGate, isSourceGate, overall } from '@sluice/gates';
import type { CommitSha } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import { observeGates } from './observe-gates.js';
import type { GatePorts, GateScope } from './observe-gates.js';
import type { LifecyclePorts } from './ports.js';

/** Whether the last verdicts of an open promotion have all its gates on the source passed. */
export function sourceGatesPassed(target: Environment, verdicts: readonly Verdict[]): boolean {
  return target.gates.filter(isSourceGate).every((gate) => verdicts.some((verdict) => verdict.gate === gate.name && verdict.outcome === 'pass'));
}

/** Whether the gates on the source pass now for a source commit that is not a candidate yet. */
export async function sourceGatesPass(ports: GatePorts & Pick<LifecyclePorts, 'clock'>, scope: GateScope, source: CommitSha): Promise<boolean> {
  const observed = await observeGates(ports, scope, { candidate: { source }, authors: [], previous: [] });
  return overall(scope.target.gates.filter(isSourceGate).map((gate) => evaluateGate(gate, observed, ports.clock()))) === 'pass';
}
