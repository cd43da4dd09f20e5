import type { Instant } from '@sluice/kernel';
import type { TestGate } from '@sluice/pipeline';
import { evaluateCheck } from './check-gate.js';
import { evaluateHealth } from './health-gate.js';
import { evaluateHealthInSources } from './health-in-sources.js';
import type { GateObservations } from './observations.js';
import { evaluateTest } from './test-gate.js';
import type { Judgement } from './verdicts.js';

/** A gate that looks at the source. */
export type SourceGate = TestGate | ({ readonly name: string } & ({ readonly type: 'check'; readonly context: string } | { readonly type: 'health'; readonly soak: number }));

/** Such a gate for one application. */
export function judgeSource(gate: SourceGate, observed: GateObservations, now: Instant): Judgement {
  switch (gate.type) {
    case 'check':
      return evaluateCheck(gate, observed);
    case 'health':
      return observed.sources ? evaluateHealthInSources(gate, { ...observed, sources: observed.sources }, now) : evaluateHealth(gate, observed, now);
    case 'test':
      return evaluateTest(gate, observed);
  }
}
