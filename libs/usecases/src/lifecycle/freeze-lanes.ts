import { randomUUID } from 'node:crypto';
import { InvalidInput, NotFound, present } from '@sluice/kernel';
import type { ApplicationName, EnvironmentName, Instant, PersonName, RepositoryId } from '@sluice/kernel';
import { isFrozen, sayFreeze } from '@sluice/gates';
import type { Pipeline } from '@sluice/pipeline';
import type { StoredFreeze, WakeTarget } from '../ports/index.js';
import type { LifecyclePorts } from './ports.js';
import { effectivePipeline } from '../rights/effective-roles.js';
import { permit } from '../rights/permit.js';

type Ports = Pick<LifecyclePorts, 'rights' | 'clock' | 'transactions' | 'repositories' | 'freezes' | 'people' | 'events' | 'audit' | 'wakes' | 'signals'>;

/** What is frozen: one application's way or all ways into an environment, or (without an environment) into every one. */
export interface FreezeScope {
  readonly repository: RepositoryId;
  readonly environment?: EnvironmentName;
  readonly application?: ApplicationName;
}

interface Order extends FreezeScope {
  readonly person: PersonName;
  readonly reason: string;
}

/** When a freeze ends: by itself at a time or after a while (milliseconds), or only by somebody. */
export type FreezeEnd = { readonly until: Instant } | { readonly lasting: number } | { readonly untilLifted: true };

/** People stop what is merged into an environment, and let it go on. Requests are opened and gates evaluated all the same. */
export class FreezeLanes {
  constructor(private readonly ports: Ports) {}

  /** @throws NotFound for an unknown place; Forbidden; InvalidInput when it would be over already. */
  async freeze(order: Order & { readonly end: FreezeEnd }): Promise<StoredFreeze> {
    const { repository, environment, application, person: by, reason } = order;
    const pipeline = await this.permitted('freeze', order);
    const at = this.ports.clock();
    const freeze: StoredFreeze = { id: randomUUID(), repository, ...present({ environment, application }), reason, by, at, ...endOf(order.end, at) };
    await this.ports.transactions.run(async () => {
      await this.ports.freezes.add(freeze);
      await this.ports.events.append({ type: 'freeze.begun', ...place(order), message: `${sayScope(order)} ${sayFreeze(freeze)}`, by });
      await this.ports.wakes.wake(...lanesOf(pipeline, order));
      await this.ports.audit.append({ action: 'freeze.add', by, place: place(order), after: { id: freeze.id, until: freeze.until === undefined ? null : new Date(freeze.until).toISOString() }, why: reason });
    });
    this.ports.signals.publish('events');
    return freeze;
  }

  /** Lifts every freeze of exactly this scope. @throws NotFound when there is none; Forbidden. */
  async lift(order: Order): Promise<readonly StoredFreeze[]> {
    const pipeline = await this.permitted('lift', order);
    const at = this.ports.clock();
    const freezes = (await this.ports.freezes.unlifted(order.repository, at)).filter((freeze) => freeze.environment === order.environment && freeze.application === order.application);
    if (freezes.length === 0) throw new NotFound(`${sayScope(order)} is not frozen: \`sluice status\` lists what is`);
    await this.ports.transactions.run(async () => {
      await this.ports.freezes.lift(freezes.map(({ id }) => id), { by: order.person, at });
      await this.ports.events.append({ type: 'freeze.lifted', ...place(order), message: `${sayScope(order)} is no longer frozen${order.reason === '' ? '' : `: ${order.reason}`}`, by: order.person });
      await this.ports.wakes.wake(...lanesOf(pipeline, order));
      await this.ports.audit.append({ action: 'freeze.lift', by: order.person, place: place(order), before: { ids: freezes.map(({ id }) => id) }, why: order.reason });
    });
    this.ports.signals.publish('events');
    return freezes;
  }

  /** @throws NotFound for an unknown repository. */
  async list(repository: RepositoryId): Promise<readonly StoredFreeze[]> {
    if (!(await this.ports.repositories.get(repository))) throw new NotFound(`there is no repository ${repository}`);
    return this.ports.freezes.unlifted(repository, this.ports.clock());
  }

  private async permitted(action: 'freeze' | 'lift', order: Order): Promise<Pipeline> {
    const pipeline = await effectivePipeline(this.ports, order.repository);
    if (!pipeline) throw new NotFound(`there is no pipeline in repository ${order.repository}`);
    assertKnown(pipeline, order);
    // whoever may promote all that is concerned may also stop it
    const places = lanesOf(pipeline, order).map(({ application, target }) => ({ application, environment: target }));
    await permit(this.ports, { action, places, repository: order.repository, pipeline, person: order.person, refusal: `you are not promoter of everything that this would concern: ${sayScope(order)}` });
    return pipeline;
  }
}

function assertKnown(pipeline: Pipeline, { environment, application }: FreezeScope): void {
  const applications = pipeline.applications.map(({ name }) => name);
  if (application !== undefined && !applications.includes(application)) throw new NotFound(`there is no application ${application}; there are ${applications.slice(0, 20).join(', ')}`);
  if (environment === undefined) return;
  const target = pipeline.environments.find(({ name }) => name === environment);
  if (!target) throw new NotFound(`there is no environment ${environment}; there are ${pipeline.environments.map(({ name }) => name).join(', ')}`);
  if (target.from.length === 0) throw new NotFound(`nothing is promoted to ${environment}, so there is nothing to freeze: it is where changes begin`);
}

function lanesOf(pipeline: Pipeline, scope: FreezeScope): readonly Extract<WakeTarget, { kind: 'lane' }>[] {
  const targets = pipeline.environments.filter(({ from }) => from.length > 0);
  return targets.flatMap((target) =>
    pipeline.applications
      .map(({ name }) => ({ kind: 'lane' as const, repository: scope.repository, application: name, target: target.name }))
      .filter((lane) => isFrozen(scope, lane)),
  );
}

function endOf(end: FreezeEnd, now: Instant): { readonly until?: Instant } {
  if ('untilLifted' in end) return {};
  const until = 'until' in end ? end.until : ((now + end.lasting) as Instant);
  if (until <= now) throw new InvalidInput('it would end before it begins');
  return { until };
}

/** `checkout in prod`, `prod`, `checkout everywhere`, `every environment`. */
function sayScope({ environment, application }: FreezeScope): string {
  if (application === undefined) return environment ?? 'every environment';
  return `${application} ${environment === undefined ? 'everywhere' : `in ${environment}`}`;
}

function place({ repository, environment, application }: FreezeScope): FreezeScope {
  return { repository, ...present({ environment, application }) };
}
