import { present } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import { evaluateHealth } from './health-gate.js';
import type { GateObservations, ObservedSource } from './observations.js';
import type { Judgement } from './verdicts.js';

interface Answer {
  readonly source: ObservedSource;
  readonly judgement: Judgement;
}

/** `health` where all of several sources are asked: each soaks for itself, and what has passed in one stays passed while the others get so far. */
export function evaluateHealthInSources(gate: { readonly name: string; readonly soak: number }, observed: GateObservations & { readonly sources: readonly ObservedSource[] }, now: Instant): Judgement {
  const answers = observed.sources.map((source) => ({ source, judgement: evaluateHealth(gate, observedIn(source, observed), now) }));
  const outcome = (['fail', 'wait'] as const).find((one) => answers.some(({ judgement }) => judgement.outcome === one)) ?? 'pass';
  const telling = answers.filter(({ judgement }) => judgement.outcome === outcome);
  const evidence = Object.fromEntries(answers.map(({ source, judgement }) => [source.environment, judgement.outcome]));
  const message = telling.map(({ source, judgement }) => `${source.environment}: ${judgement.message}`).join('; ');
  return { outcome, message, evidence, ...(outcome === 'pass' ? {} : { clearedBy: clearers(telling) }), ...untilOf(telling) };
}

/** What one of the sources has to look at. */
function observedIn(source: ObservedSource, observed: GateObservations): GateObservations {
  const { sources: _sources, sourceRollout: _rollout, ...rest } = observed;
  return { ...rest, sourceEnvironment: source.environment, sourceCommit: source.commit, clusters: source.clusters, previous: source.passed, ...present({ sourceRollout: source.sourceRollout }) };
}

function clearers(answers: readonly Answer[]): string {
  return [...new Set(answers.flatMap(({ judgement }) => (judgement.clearedBy === undefined ? [] : [judgement.clearedBy])))].join('; ');
}

/** Only when all that is left is time does anybody know when. */
function untilOf(answers: readonly Answer[]): Pick<Judgement, 'until'> {
  const times = answers.map(({ judgement }) => judgement.until);
  if (times.length === 0 || times.some((time) => time === undefined)) return {};
  return { until: Math.max(...times.map((time) => time ?? 0)) as Instant };
}
