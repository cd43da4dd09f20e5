import { formatDuration, later } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { Verdict } from '@sluice/promotion';
import type { GateObservations, ObservedCluster } from './observations.js';
import type { Judgement } from './verdicts.js';

/**
 * `health` with `soak` (milliseconds): every cluster of the source environment runs this content and has been healthy with it for that long, by the server's
 * clock. A pass is sticky against InProgress and Unknown (autoscaling does not void it) and against newer content; not against Failed on the same content.
 */
export function evaluateHealth(gate: { readonly name: string; readonly soak: number }, observed: GateObservations, now: Instant): Judgement {
  const failed = observed.clusters.find((cluster) => runsContent(cluster, observed) && cluster.status === 'Failed');
  if (failed) return failure(failed, observed);
  if (hasPassed(gate.name, observed.previous)) return { ...passOf(gate.name, observed.previous) };
  if (observed.clusters.length === 0) {
    return { outcome: 'wait', message: `no agent is enrolled in ${observed.sourceEnvironment}`, clearedBy: `an operator, by enrolling an agent in ${observed.sourceEnvironment}` };
  }
  if (observed.sourceRollout) return rollingOut(observed.sourceRollout, observed);
  const missing = observed.clusters.filter((cluster) => !runsContent(cluster, observed) || cluster.healthySince === undefined);
  return missing.length > 0 ? notYetHealthy(missing, observed) : soaking(gate.soak, observed, now);
}

/** Live in an environment is what all its waves have. */
function rollingOut({ id, message, until }: NonNullable<GateObservations['sourceRollout']>, { sourceEnvironment }: GateObservations): Judgement {
  return { outcome: 'wait', message: `not in all waves of ${sourceEnvironment} yet: ${message}`, clearedBy: `the rollout in ${sourceEnvironment}, when it is done`, evidence: { rollout: id, until: until ?? null } };
}

function runsContent(cluster: ObservedCluster, observed: GateObservations): boolean {
  return cluster.content === observed.sourceCommit;
}

function hasPassed(gate: string, previous: readonly Verdict[]): boolean {
  return previous.some((verdict) => verdict.gate === gate && verdict.outcome === 'pass');
}

function passOf(gate: string, previous: readonly Verdict[]): Judgement {
  const verdict = previous.find((candidate) => candidate.gate === gate);
  return { outcome: 'pass', message: verdict?.message ?? 'healthy', evidence: verdict?.evidence ?? {} };
}

function failure(cluster: ObservedCluster, observed: GateObservations): Judgement {
  return {
    outcome: 'fail',
    message: `${observed.sourceCommit.slice(0, 10)} is Failed in ${cluster.cluster}: ${cluster.message || 'no message'}`,
    clearedBy: `its recovery in ${cluster.cluster}, or a new commit`,
    evidence: { cluster: cluster.cluster, status: cluster.status },
  };
}

function notYetHealthy(missing: readonly ObservedCluster[], observed: GateObservations): Judgement {
  const names = missing.map((cluster) => cluster.cluster).sort();
  const first = missing[0];
  const runs = first && runsContent(first, observed);
  const state = runs ? `${first.status} there${first.message ? `: ${first.message}` : ''}` : 'not running it yet';
  return {
    outcome: 'wait',
    message: `${observed.sourceCommit.slice(0, 10)} is not healthy in ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} (${state})`,
    clearedBy: `the agents of ${observed.sourceEnvironment}, when they report it healthy`,
    evidence: { clusters: observed.clusters.length, waiting: names.length },
  };
}

function soaking(soak: number, observed: GateObservations, now: Instant): Judgement {
  const since = Math.max(...observed.clusters.map((cluster) => cluster.healthySince ?? now)) as Instant;
  const until = later(since, soak);
  const evidence = { healthySince: since, soak, clusters: observed.clusters.length };
  if (now >= until) return { outcome: 'pass', message: `healthy in ${observed.sourceEnvironment} ${soak === 0 ? '' : `for ${formatDuration(soak)} `}(${observed.clusters.length} of ${observed.clusters.length} clusters)`, evidence };
  return { outcome: 'wait', message: `soaking in ${observed.sourceEnvironment}, ${formatDuration(until - now)} left of ${formatDuration(soak)}`, clearedBy: 'time', until, evidence };
}
