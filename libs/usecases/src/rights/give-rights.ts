import { randomUUID } from 'node:crypto';
import { Conflict, Forbidden, NotFound, instant, present } from '@sluice/kernel';
import type { ApplicationName, EnvironmentName, PersonName, RepositoryId } from '@sluice/kernel';
import { principalText } from '@sluice/gates';
import type { Pipeline } from '@sluice/pipeline';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import type { Place } from '../lifecycle/rights.js';
import { wakeOpen } from '../lifecycle/wake-open.js';
import { assertReachable } from '../people/decides.js';
import type { Person, TemporaryRight } from '../ports/index.js';
import { brokenGlass, isInForce, stillNamed } from './broken-glass.js';
import type { BrokenGlass } from './broken-glass.js';
import { effectivePipeline, withoutGlass } from './effective-roles.js';
import { permit } from './permit.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'rights' | 'repositories' | 'people' | 'transactions' | 'events' | 'audit' | 'promotions' | 'wakes' | 'signals'>;

interface Scope {
  readonly repository: RepositoryId;
  readonly environment?: EnvironmentName;
  readonly application?: ApplicationName;
}

/** `lasting` in milliseconds. */
export interface RightWanted extends Scope {
  readonly by: PersonName;
  readonly reason: string;
  readonly lasting: number;
}

/** Rights for a time: delegations and break-glass. They end by themselves, and everybody is told when they begin and when somebody ends them. */
export class GiveRights {
  constructor(private readonly ports: Ports) {}

  /** Lets somebody approve as the giver might, in the giver's own right only. @throws NotFound; Forbidden for who is no approver there; Conflict for oneself. */
  async delegate(wanted: RightWanted & { readonly to: PersonName }): Promise<TemporaryRight> {
    const { by, to } = wanted;
    const pipeline = await this.pipelineOf(wanted);
    if (by === to) throw new Conflict('you have that right yourself');
    const receiver = await this.ports.people.get(to);
    if (!receiver) throw new NotFound(`there is no person ${to}`);
    refuseMachine(receiver);
    assertReachable(receiver);
    // what is held by break-glass or by delegation is not passed on
    const own = { ...pipeline, roles: withoutGlass(pipeline.roles) };
    const giver = await permit(this.ports, { action: 'delegate', places: placesOf(own, wanted), repository: wanted.repository, pipeline: own, person: by, refusal: `you are not approver of everything that you would delegate` });
    refuseMachine(giver);
    return this.give(wanted, { kind: 'delegation', giver: by, person: to }, `${by} delegated the approver's right in ${sayScope(wanted)} to ${to}`);
  }

  /**
   * Gives somebody whom the emergency policy names an approver's role in its environment; where the policy requires several, as soon as so many have asked. @throws NotFound, Forbidden; Conflict when they
   * have broken it already.
   */
  async breakGlass(wanted: RightWanted & { readonly environment: EnvironmentName }): Promise<BrokenGlass> {
    const { by, environment, repository } = wanted;
    const pipeline = await this.pipelineOf(wanted);
    const named = pipeline.environments.find(({ name }) => name === environment)?.emergency;
    if (!named) throw new Forbidden(`${environment} has no emergency policy: nobody may break the glass there`);
    const person = await permit(this.ports, { action: 'break-glass', places: placesOf(pipeline, wanted), repository, pipeline, person: by, refusal: `the emergency policy of ${environment} does not name you` });
    refuseMachine(person);
    const inForce = await stillNamed(this.ports.people, pipeline.environments, await this.inForce(repository));
    const open = inForce.find((right) => right.kind === 'break-glass' && right.person === by && right.environment === environment);
    if (open) throw new Conflict(`you have broken the glass of ${environment} already: ${open.reason}`);
    const others = new Set(inForce.filter((right) => right.kind === 'break-glass' && right.environment === environment).map((right) => right.person)).size;
    const missing = named.required - others - 1;
    if (missing > 0) return { ...(await this.give(wanted, { kind: 'break-glass', person: by }, `${by} ASKS TO BREAK THE GLASS of ${environment} (${others + 1} of ${named.required}: ${principalText(named.from)} by sluice break-glass ${environment})`)), missing };
    return this.give(wanted, { kind: 'break-glass', person: by }, `${by} BROKE THE GLASS of ${environment}${named.required > 1 ? ` (${others + 1} of ${named.required})` : ''}`);
  }

  /** Ends it early: its giver and its holder, approvers of the place, and whom the emergency policy names. @throws NotFound, Forbidden. */
  async end({ repository, id, by, reason }: { readonly repository: RepositoryId; readonly id: string; readonly by: PersonName; readonly reason: string }): Promise<TemporaryRight> {
    const right = (await this.inForce(repository)).find((one) => one.id === id);
    if (!right) throw new NotFound(`there is no right ${id} in force: \`sluice rights\` lists them`);
    const pipeline = await this.pipelineOf({ repository });
    if (right.person !== by && right.giver !== by) await permit(this.ports, { action: 'end-right', places: placesOf(pipeline, right), repository, pipeline, person: by, refusal: 'it is not yours to end' });
    const at = this.ports.clock();
    await this.ports.transactions.run(async () => {
      await this.ports.rights.end(id, { by, at });
      await this.ports.events.append({ type: right.kind === 'delegation' ? 'delegation.ended' : 'break-glass.ended', ...placeOf(right), message: `${by} ended ${sayRight(right)} in ${sayScope(right)}${reason === '' ? '' : `: ${reason}`}`, by });
      await this.ports.audit.append({ action: `${right.kind}.end`, by, place: { ...placeOf(right), person: right.person }, before: { id, until: new Date(right.until).toISOString() }, why: reason });
      await wakeOpen(this.ports, { repository });
    });
    this.ports.signals.publish('events');
    return { ...right, endedBy: by, endedAt: at };
  }

  /** Those that nobody has ended. @throws NotFound for an unknown repository. */
  async list(repository: RepositoryId): Promise<readonly BrokenGlass[]> {
    if (!(await this.ports.repositories.get(repository))) throw new NotFound(`there is no repository ${repository}`);
    const environments = (await this.ports.repositories.pipeline(repository))?.pipeline?.environments ?? [];
    const inForce = await stillNamed(this.ports.people, environments, await this.inForce(repository));
    const glass = new Map(brokenGlass(environments, inForce, this.ports.clock()).map((right) => [right.id, right]));
    return inForce.map((right) => glass.get(right.id) ?? right);
  }

  private async inForce(repository: RepositoryId): Promise<readonly TemporaryRight[]> {
    const now = this.ports.clock();
    return (await this.ports.rights.temporary(repository, now)).filter((right) => isInForce(right, now));
  }

  private async give(wanted: RightWanted, whose: Pick<TemporaryRight, 'kind' | 'giver' | 'person'>, message: string): Promise<TemporaryRight> {
    const { repository, environment, application, reason, lasting, by } = wanted;
    const at = this.ports.clock();
    const right: TemporaryRight = { id: randomUUID().slice(0, 8), repository, ...present({ environment, application }), ...whose, reason, at, until: instant(at + lasting) };
    await this.ports.transactions.run(async () => {
      await this.ports.rights.give(right);
      await this.ports.events.append({ type: right.kind === 'delegation' ? 'delegation.added' : 'break-glass.opened', ...placeOf(right), message: `${message} until ${new Date(right.until).toISOString()}: ${reason}`, by });
      await this.ports.audit.append({ action: `${right.kind}.begin`, by, place: { ...placeOf(right), person: right.person }, after: { id: right.id, until: new Date(right.until).toISOString() }, why: reason });
      await wakeOpen(this.ports, { repository });
    });
    this.ports.signals.publish('events');
    return right;
  }

  private async pipelineOf({ repository, environment, application }: Scope): Promise<Pipeline> {
    const pipeline = await effectivePipeline(this.ports, repository);
    if (!pipeline) throw new NotFound(`there is no pipeline in repository ${repository}`);
    if (environment !== undefined && !pipeline.environments.some(({ name }) => name === environment)) throw new NotFound(`there is no environment ${environment}`);
    if (application !== undefined && !pipeline.applications.some(({ name }) => name === application)) throw new NotFound(`there is no application ${application}`);
    return pipeline;
  }
}

/** What a right lets somebody do is decided by somebody who answers for it. */
function refuseMachine({ service, name }: Person): void {
  if (service) throw new Forbidden(`${name} is a service account: rights for a time are given by people, to people`);
}

function placesOf(pipeline: Pipeline, scope: Pick<Scope, 'environment' | 'application'>): readonly Place[] {
  const environments = pipeline.environments.filter(({ name }) => scope.environment === undefined || name === scope.environment);
  const applications = pipeline.applications.filter(({ name }) => scope.application === undefined || name === scope.application);
  return environments.flatMap((environment) => applications.map((application) => ({ application: application.name, environment: environment.name })));
}

/** `the delegation by anna to ben`. */
export function sayRight({ kind, giver, person }: Pick<TemporaryRight, 'kind' | 'giver' | 'person'>): string {
  return kind === 'delegation' ? `the delegation by ${giver ?? ''} to ${person}` : `the break-glass of ${person}`;
}

/** Where a right holds, for events and the audit. */
export function placeOf({ repository, environment, application }: Scope): Scope {
  return { repository, ...present({ environment, application }) };
}

/** `prod for cart`. */
export function sayScope({ environment, application }: Pick<Scope, 'environment' | 'application'>): string {
  const place = environment ?? 'every environment';
  return application === undefined ? place : `${place} for ${application}`;
}
