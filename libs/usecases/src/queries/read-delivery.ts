import { InvalidInput, NotFound, instant, present } from '@sluice/kernel';
import type { ApplicationName, Clock, EnvironmentName, Instant, RepositoryId } from '@sluice/kernel';
import { deliveryReport, ofApplication, readPeriod } from '@sluice/metrics';
import type { DeliveryFact, DeliveryReport, DirectFact, GroupedBy, Period } from '@sluice/metrics';
import type { Pipeline } from '@sluice/pipeline';
import { firstEnvironments } from '../lifecycle/origins.js';
import type { Deliveries, DeliveryFilter, Repositories } from '../ports/index.js';

/** Facts of one answer: more than a hundred applications in six environments bring in a year, and what memory bears. */
const MAX_FACTS = 200_000;

export interface DeliveryWanted {
  readonly repository: RepositoryId;
  readonly application?: ApplicationName;
  readonly environment?: EnvironmentName;
  /** Days of the time zone, or times with their offset; absent: the last 30 days, up to now. */
  readonly from?: string;
  readonly to?: string;
  /** Default: UTC. */
  readonly timezone?: string;
  readonly by: GroupedBy;
}

export interface DeliveryView extends DeliveryReport {
  readonly period: Period;
  readonly timezone: string;
  /** From when on nothing is missing in the record, and why not from earlier on. */
  readonly record: { readonly wholeSince: Instant; readonly message: string };
}

/** Delivery metrics of one repository, from its record: what each figure means is in docs/metrics.md. */
export class ReadDelivery {
  constructor(
    private readonly ports: { readonly repositories: Pick<Repositories, 'get' | 'pipeline'>; readonly deliveries: Deliveries },
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound of a repository, application or environment that nothing is known of; InvalidInput of a period that is none. */
  async run(wanted: DeliveryWanted): Promise<DeliveryView> {
    const { repository: id, timezone = 'UTC', by } = wanted;
    const now = this.clock();
    const period = periodOf({ ...wanted, timezone }, now);
    const repository = await this.ports.repositories.get(id);
    if (!repository) throw new NotFound(`there is no repository ${id}`);
    const pipeline = (await this.ports.repositories.pipeline(id))?.pipeline;
    const restoredAt = await this.ports.deliveries.restoredAt(id);
    const record = recordOf(repository.createdAt, restoredAt);
    const found = await this.read(wanted, period, { pipeline, since: repository.createdAt });
    assertKnown(wanted, pipeline, found);
    const report = deliveryReport({ period, timezone, by, wholeSince: record.wholeSince, now, ...namesOf(wanted, pipeline) }, found);
    return { ...report, period, timezone, record };
  }

  private async read({ repository, application, environment }: DeliveryWanted, period: Period, { pipeline, since }: { readonly pipeline: Pipeline | undefined; readonly since: Instant }): Promise<Facts> {
    const filter: DeliveryFilter = { repository, period, ...present({ application, environment }), origins: originsOf(pipeline), limit: MAX_FACTS + 1 };
    const facts = await this.ports.deliveries.facts(filter);
    // what a branch had before Sluice knew it was pushed past nothing
    const direct = await this.ports.deliveries.direct({ ...filter, period: { ...period, from: instant(Math.max(period.from, since)) } });
    if (facts.length > MAX_FACTS || direct.length > MAX_FACTS) throw invalid('from', `more than ${MAX_FACTS} deployments or direct changes: ask for a shorter period, or one application or environment`);
    return application === undefined ? { facts, direct } : ofApplication({ facts, direct }, application);
  }
}

interface Facts {
  readonly facts: readonly DeliveryFact[];
  readonly direct: readonly DirectFact[];
}

function periodOf({ from, to, timezone }: DeliveryWanted & { readonly timezone: string }, now: Instant): Period {
  const period = readPeriod({ from, to, timezone }, now);
  if ('message' in period) throw invalid(period.at, period.message);
  return period;
}

function invalid(at: string, message: string): InvalidInput {
  return new InvalidInput(`${at}: ${message}`, { details: { errors: [{ at, message }] } });
}

function recordOf(createdAt: Instant, restoredAt: Instant | undefined): DeliveryView['record'] {
  if (restoredAt === undefined || restoredAt < createdAt) return { wholeSince: createdAt, message: 'the record is whole since Sluice knows the repository' };
  return { wholeSince: restoredAt, message: 'promotions were made again from git and the forge: of those merged before, it is not known when they were live, how long they took and whether they failed' };
}

function originsOf(pipeline: Pipeline | undefined): DeliveryFilter['origins'] {
  return (pipeline?.environments ?? []).flatMap(({ name }) => firstEnvironments(pipeline as Pipeline, name).map((first) => ({ environment: name, first: first.name })));
}

function namesOf({ application, environment }: DeliveryWanted, pipeline: Pipeline | undefined) {
  const { applications = [], environments = [] } = pipeline ?? {};
  return {
    applications: application === undefined ? applications.map(({ name }) => name) : [application],
    environments: environment === undefined ? environments.map(({ name }) => name) : [environment],
    first: environments.filter(({ from }) => from.length === 0).map(({ name }) => name),
  };
}

/** What has left the pipeline file is known as long as the record has something of it in the period. */
function assertKnown({ application, environment, repository }: DeliveryWanted, pipeline: Pipeline | undefined, { facts, direct }: Facts): void {
  if (facts.length > 0 || direct.length > 0) return;
  const { applications = [], environments = [] } = pipeline ?? {};
  if (application !== undefined && !applications.some(({ name }) => name === application)) throw new NotFound(`there is no application ${application} in ${repository}; there are ${listed(applications)}`);
  if (environment !== undefined && !environments.some(({ name }) => name === environment)) throw new NotFound(`there is no environment ${environment} in ${repository}; there are ${listed(environments)}`);
}

function listed(items: readonly { readonly name: string }[]): string {
  return items.map(({ name }) => name).join(', ') || 'none';
}
