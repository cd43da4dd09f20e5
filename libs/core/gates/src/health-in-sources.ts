import { present } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import { evaluateHealth } from './health-gate.js';
import type { GateObservations, ObservedSource } from './observations.js';
import { joined } from './joined.js';
import type { Judgement } from './verdicts.js';

/** `health` where all of several sources are asked: each soaks for itself, and what has passed in one stays passed while the others get so far. */
export function evaluateHealthInSources(gate: { readonly name: string; readonly soak: number }, observed: GateObservations & { readonly sources: readonly ObservedSource[] }, now: Instant): Judgement {
  return joined(observed.sources.map((source) => ({ name: source.environment, judgement: evaluateHealth(gate, observedIn(source, observed), now) })));
}

/** What one of the sources has to look at. */
function observedIn(source: ObservedSource, observed: GateObservations): GateObservations {
  const { sources: _sources, sourceRollout: _rollout, ...rest } = observed;
  return { ...rest, sourceEnvironment: source.environment, sourceCommit: source.commit, clusters: source.clusters, previous: source.passed, ...present({ sourceRollout: source.sourceRollout }) };
}
