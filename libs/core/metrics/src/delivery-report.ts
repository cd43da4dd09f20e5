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
  return { facts, direct, covered: Math.max(0, Math.min(to, now) - Math.max(from, wholeSince)) };
}

function linesOf(scope: ReportScope, all: Facts): readonly ReportLine[] {
  switch (scope.by) {
    case 'day':
    case 'week':
      return bucketsOf(scope.period, scope.by, scope.timezone).map((period) => ({ period, figures: figuresOf(groupOf(scope, period, during(period, all))) }));
    case 'application':
      return applicationsIn(scope, all).map((application) => ({ application, figures: figuresOf(groupOf(scope, scope.period, ofApplication(all, application))) }));
    case 'environment':
      return environmentsIn(scope, all).map((environment) => inEnvironment(scope, all, environment));
    case 'lane':
      return environmentsIn(scope, all).flatMap((environment) => lanesIn(scope, all, environment));
  }
}

function inEnvironment(scope: ReportScope, all: Facts, environment: EnvironmentName): ReportLine {
  return { environment, figures: figuresOf({ ...groupOf(scope, scope.period, ofEnvironment(all, environment)), isFirst: scope.first.includes(environment) }) };
}

function lanesIn(scope: ReportScope, all: Facts, environment: EnvironmentName): readonly ReportLine[] {
  const here = ofEnvironment(all, environment);
  return applicationsIn(scope, here).map((application) => ({ ...inEnvironment(scope, ofApplication(here, application), environment), application }));
}

function ofEnvironment({ facts, direct }: Facts, environment: EnvironmentName): Facts {
  return { facts: facts.filter((fact) => fact.environment === environment), direct: direct.filter((fact) => fact.environment === environment) };
}

/** Of what brought several applications only what concerns the one. */
export function ofApplication({ facts, direct }: Facts, application: ApplicationName): Facts {
  return {
    facts: facts.filter(({ applications }) => applications.includes(application)).map((fact) => ({ ...fact, changes: fact.changes.filter((change) => change.application === application) })),
    direct: direct.filter(({ applications }) => applications.includes(application)),
  };
}

function applicationsIn({ applications }: ReportScope, { facts, direct }: Facts): readonly ApplicationName[] {
  return withOthers(applications, [...facts, ...direct].flatMap((fact) => fact.applications));
}

function environmentsIn({ environments }: ReportScope, { facts, direct }: Facts): readonly EnvironmentName[] {
  return withOthers(environments, [...facts, ...direct].map(({ environment }) => environment));
}

function withOthers<Name extends string>(known: readonly Name[], found: readonly Name[]): readonly Name[] {
  const others = [...new Set(found)].filter((name) => !known.includes(name)).sort();
  return [...known, ...others];
}
