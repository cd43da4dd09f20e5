import type { Instant } from '@sluice/kernel';
import type { DeliveryFact, DirectFact } from './facts.js';
import { outcomeOf } from './outcome.js';
import type { Failure, Outcome } from './outcome.js';
import type { Period } from './period.js';
import { FEW, quantile } from './quantile.js';

const DAY = 86_400_000;
/** Of a shorter time a number a day says nothing; a day on which the clock is set forward is longer. */
const LEAST = DAY / 2;

/** Times in seconds. A `null` is not known, and `reason` says why. */
export interface Spread {
  readonly medianSeconds: number | null;
  readonly p90Seconds: number | null;
  readonly reason?: string;
}

/** The four figures of one group, with the counts that they are made of. What each means exactly: docs/metrics.md. */
export interface Figures {
  readonly deployments: { readonly count: number | null; readonly perDay: number | null; readonly reason?: string };
  /** `changes`: those measured, a commit once for each application and environment · `unmeasured`: deployments of which git does not say any more what they brought. */
  readonly leadTime: Spread & { readonly changes: number; readonly unmeasured: number };
  readonly changeFailure: { readonly rate: number | null; readonly failed: number; readonly attempts: number; readonly reason?: string };
  /** Incidents: ended, not ended yet, and those of which beginning or end is not in the record. */
  readonly timeToRestore: Spread & { readonly restored: number; readonly open: number; readonly unknown: number };
  /** Commits on the branch that came by no promotion: hotfixes and reverts by hand, and whatever is pushed to an environment that nothing is promoted to. */
  readonly directChanges: number;
}

/** What figures are made of: facts of one group, and the part of its time that is over and that the record covers; that ends before it begins where there is none. */
export interface Group {
  readonly facts: readonly DeliveryFact[];
  readonly direct: readonly DirectFact[];
  readonly covered: Period;
  /** Nothing is promoted there: what becomes live there is not in the record. */
  readonly isFirst?: boolean;
}

interface Settled {
  readonly fact: DeliveryFact;
  readonly outcome: Outcome;
}

export function figuresOf(group: Group): Figures {
  const settled = group.facts.flatMap((fact): Settled[] => {
    const outcome = outcomeOf(fact);
    return outcome ? [{ fact, outcome }] : [];
  });
  return { deployments: frequencyOf(group, settled), leadTime: leadTimeOf(settled), changeFailure: failureRateOf(settled), timeToRestore: restoreOf(settled), directChanges: group.direct.length };
}

function frequencyOf({ covered, isFirst }: Group, settled: readonly Settled[]): Figures['deployments'] {
  if (isFirst) return { count: null, perDay: null, reason: 'nothing is promoted to it, and when a pushed commit became live is not recorded' };
  const deployed = settled.filter(({ outcome }) => outcome.isDeployment);
  const count = deployed.length;
  const length = covered.to - covered.from;
  if (length < LEAST) return { count, perDay: null, reason: 'the record covers less than half a day of that time' };
  return { count, perDay: deployed.filter(({ outcome }) => outcome.at >= covered.from).length / (length / DAY) };
}

function leadTimeOf(settled: readonly Settled[]): Figures['leadTime'] {
  const deployed = settled.filter(({ fact, outcome }) => outcome.isDeployment && !fact.isRestored).map(({ fact }) => fact);
  const restored = settled.filter(({ fact, outcome }) => outcome.isDeployment && fact.isRestored).length;
  const times = deployed.flatMap(({ liveAt, changes }) => changes.flatMap(({ committedAt }) => (committedAt === 'unknown' ? [] : committedAt.map((committed) => secondsBetween(committed, liveAt as Instant)))));
  const unmeasured = deployed.filter(({ changes }) => changes.some(({ committedAt }) => committedAt === 'unknown')).length + restored;
  return { ...spreadOf(times, 'changes'), changes: times.length, unmeasured };
}

/** A clock of a committer that is ahead does not make a change live before it was written. */
function secondsBetween(start: Instant, end: Instant): number {
  return Math.max(0, end - start) / 1_000;
}

function failureRateOf(settled: readonly Settled[]): Figures['changeFailure'] {
  const attempts = settled.filter(({ outcome }) => outcome.isAttempt);
  const failed = attempts.filter(({ outcome }) => outcome.failure !== undefined).length;
  if (attempts.length === 0) return { rate: null, failed, attempts: 0, reason: 'there was no deployment of which it is known whether it failed' };
  return { rate: failed / attempts.length, failed, attempts: attempts.length };
}

function restoreOf(settled: readonly Settled[]): Figures['timeToRestore'] {
  const incidents = incidentsOf(settled.flatMap(({ outcome }) => outcome.failure ?? []));
  const times: number[] = [];
  let open = 0;
  for (const { began, ended } of incidents) {
    if (began !== undefined && typeof ended === 'number') times.push(secondsBetween(began, ended));
    if (began !== undefined && ended === 'open') open += 1;
  }
  return { ...spreadOf(times, 'incidents'), restored: times.length, open, unknown: incidents.length - times.length - open };
}

/** What one rollback has undone is one incident, which began with the first failure that was seen. */
function incidentsOf(failures: readonly Failure[]): readonly Failure[] {
  const incidents = new Map<string, Failure>();
  for (const failure of failures) {
    const other = incidents.get(failure.incident);
    incidents.set(failure.incident, other ? earlier(other, failure) : failure);
  }
  return [...incidents.values()];
}

function earlier(a: Failure, b: Failure): Failure {
  if (a.isSeen !== b.isSeen) return a.isSeen ? a : b;
  return (b.began ?? Infinity) < (a.began ?? Infinity) ? b : a;
}

function spreadOf(times: readonly number[], what: string): Spread {
  const median = quantile(times, 0.5);
  if (median === undefined) return { medianSeconds: null, p90Seconds: null, reason: `there were no ${what} to measure` };
  const p90 = times.length < FEW ? undefined : quantile(times, 0.9);
  return p90 === undefined ? { medianSeconds: median, p90Seconds: null, reason: `a 90th percentile of fewer than ${FEW} ${what} says nothing` } : { medianSeconds: median, p90Seconds: p90 };
}
