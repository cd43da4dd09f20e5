import type { ApplicationName, EnvironmentName, Instant } from '@sluice/kernel';
import type { DeliveryFact, DirectFact } from './facts.js';
import { figuresOf } from './figures.js';
import type { Figures, Group } from './figures.js';
import { outcomeOf } from './outcome.js';
import { bucketsOf } from './period.js';
import type { Period } from './period.js';

/** How facts are grouped; `lane`: by environment and application. */
export type GroupedBy = 'application' | 'environment' | 'lane' | 'day' | 'week';

/** What a report is about. */
export interface ReportScope {
  readonly period: Period;
  readonly timezone: string;
  readonly by: GroupedBy;
  /** From when on nothing is missing in the record. */
  readonly wholeSince: Instant;
  readonly now: Instant;
  /** Names that have a line also when nothing happened, in their order; what only the record knows comes after them. */
  readonly applications: readonly ApplicationName[];
  readonly environments: readonly EnvironmentName[];
  /** Environments that nothing is promoted to. */
  readonly first: readonly EnvironmentName[];
}

export interface ReportLine {
  readonly application?: ApplicationName;
  readonly environment?: EnvironmentName;
  /** Of a day or a week. */
  readonly period?: Period;
  readonly figures: Figures;
}

export interface DeliveryReport {
  readonly total: Figures;
  readonly lines: readonly ReportLine[];
}

interface Facts {
  readonly facts: readonly DeliveryFact[];
  readonly direct: readonly DirectFact[];
}

/** Figures of a period, in all and by group. Facts outside of the period do not count; their order does not matter. */
export function deliveryReport(scope: ReportScope, all: Facts): DeliveryReport {
  const within = during(scope.period, all);
  return { total: figuresOf(groupOf(scope, scope.period, within)), lines: linesOf(scope, within) };
}

function during({ from, to }: Period, { facts, direct }: Facts): Facts {
  const isIn = (at: Instant | undefined): boolean => at !== undefined && at >= from && at < to;
  return { facts: facts.filter((fact) => isIn(outcomeOf(fact)?.at)), direct: direct.filter(({ at }) => isIn(at)) };
}

function groupOf({ wholeSince, now }: ReportScope, { from, to }: Period, { facts, direct }: Facts): Group {
  return { facts, direct, covered: { from: from > wholeSince ? from : wholeSince, to: to < now ? to : now } };
}

function linesOf(scope: ReportScope, all: Facts): readonly ReportLine[] {
  switch (scope.by) {
    case 'day':
    case 'week':
      return linesInTime(scope, scope.by, all);
    case 'application':
      return applicationsIn(scope, all).map(([application, own]) => ({ application, figures: figuresOf(groupOf(scope, scope.period, own)) }));
    case 'environment':
      return environmentsIn(scope, all).map(([environment, own]) => inEnvironment(scope, own, environment));
    case 'lane':
      return environmentsIn(scope, all).flatMap(([environment, here]) => applicationsIn(scope, here).map(([application, own]) => ({ ...inEnvironment(scope, own, environment), application })));
  }
}

function linesInTime(scope: ReportScope, unit: 'day' | 'week', all: Facts): readonly ReportLine[] {
  const buckets = bucketsOf(scope.period, unit, scope.timezone);
  const bucketAt = (at: Instant | undefined): readonly Period[] => (at === undefined ? [] : buckets.slice(...around(buckets, at)));
  const parts = partsBy(all, { ofFact: (fact) => bucketAt(outcomeOf(fact)?.at), ofDirect: ({ at }) => bucketAt(at) });
  return buckets.map((period) => ({ period, figures: figuresOf(groupOf(scope, period, parts.get(period) ?? NOTHING)) }));
}

/** Where the bucket is that a time is in: its place and the one after it. */
function around(buckets: readonly Period[], at: Instant): readonly [number, number] {
  let [low, high] = [0, buckets.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((buckets[middle] as Period).from <= at) low = middle;
    else high = middle;
  }
  return [low, low + 1];
}

function inEnvironment(scope: ReportScope, own: Facts, environment: EnvironmentName): ReportLine {
  return { environment, figures: figuresOf({ ...groupOf(scope, scope.period, own), isFirst: scope.first.includes(environment) }) };
}

/** Of what brought several applications only what concerns the one. */
export function ofApplication({ facts, direct }: Facts, application: ApplicationName): Facts {
  return {
    facts: facts.filter(({ applications }) => applications.includes(application)).map((fact) => (fact.changes.every((change) => change.application === application) ? fact : { ...fact, changes: fact.changes.filter((change) => change.application === application) })),
    direct: direct.filter(({ applications }) => applications.includes(application)),
  };
}

const NOTHING: Facts = { facts: [], direct: [] };

function applicationsIn({ applications }: ReportScope, all: Facts): readonly (readonly [ApplicationName, Facts])[] {
  const parts = partsBy(all, { ofFact: (fact) => fact.applications, ofDirect: (fact) => fact.applications });
  return withOthers(applications, parts).map((application) => [application, ofApplication(parts.get(application) ?? NOTHING, application)]);
}

function environmentsIn({ environments }: ReportScope, all: Facts): readonly (readonly [EnvironmentName, Facts])[] {
  const parts = partsBy(all, { ofFact: ({ environment }) => [environment], ofDirect: ({ environment }) => [environment] });
  return withOthers(environments, parts).map((environment) => [environment, parts.get(environment) ?? NOTHING]);
}

interface Keys<Key> {
  readonly ofFact: (fact: DeliveryFact) => readonly Key[];
  readonly ofDirect: (fact: DirectFact) => readonly Key[];
}

/** One pass over all facts, whatever the number of groups. */
function partsBy<Key>({ facts, direct }: Facts, { ofFact, ofDirect }: Keys<Key>): ReadonlyMap<Key, Facts> {
  const parts = new Map<Key, { readonly facts: DeliveryFact[]; readonly direct: DirectFact[] }>();
  const part = (key: Key) => {
    const known = parts.get(key) ?? { facts: [], direct: [] };
    parts.set(key, known);
    return known;
  };
  for (const fact of facts) for (const key of ofFact(fact)) part(key).facts.push(fact);
  for (const fact of direct) for (const key of ofDirect(fact)) part(key).direct.push(fact);
  return parts;
}

function withOthers<Name extends string>(known: readonly Name[], parts: ReadonlyMap<Name, Facts>): readonly Name[] {
  const others = [...parts.keys()].filter((name) => !known.includes(name)).sort();
  return [...known, ...others];
}
