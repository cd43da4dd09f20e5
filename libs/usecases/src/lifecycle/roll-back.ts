import { Conflict, Forbidden, NotFound, present } from '@sluice/kernel';
import type { ApplicationName, EnvironmentName, PersonName, PromotionId, RepositoryId } from '@sluice/kernel';
import { mayAct, principalText } from '@sluice/gates';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { membersOf } from '@sluice/promotion';
import type { LaneId, LaneStatus, Promotion, RollbackOrder } from '@sluice/promotion';
import type { ComposeConflict } from '@sluice/manifests';
import type { Person } from '../ports/index.js';
import type { AdvanceLane } from './advance-lane.js';
import { composeRollback, previousPromotion } from './compose-rollback.js';
import type { LifecyclePorts } from './ports.js';
import { hasRole } from './rights.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'transactions' | 'repositories' | 'promotions' | 'people' | 'events' | 'wakes' | 'signals' | 'mirrors' | 'reader'>;

export interface RollbackWanted {
  readonly repository: RepositoryId;
  readonly application: ApplicationName;
  readonly environment: EnvironmentName;
  readonly person: PersonName;
  readonly reason: string;
  /** The promotion whose state comes back; absent: the one before the newest that changed something. */
  readonly to?: PromotionId;
}

export interface RollbackResult {
  readonly message: string;
  /** The promotions that it undoes, newest first. */
  readonly undoes: readonly PromotionId[];
  /** The rollback itself, as far as it got at once. */
  readonly promotion?: Promotion;
}

interface Place {
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly target: Environment;
}

/** Somebody wants an application in an environment to be as it was: the lane's next candidate is a rollback, by the environment's emergency policy. */
export class RollBack {
  constructor(
    private readonly ports: Ports,
    private readonly advanceLane: AdvanceLane,
  ) {}

  /** @throws NotFound for an unknown place; Forbidden; Conflict when there is nothing to go back to, or it cannot be composed. */
  async run(wanted: RollbackWanted): Promise<RollbackResult> {
    const place = await this.permitted(wanted);
    const lane: LaneId = { repository: wanted.repository, application: wanted.application, target: wanted.environment };
    const { to, undoes, applications } = await this.possible(wanted, lane, place);
    await this.permittedAll(wanted, place, applications);
    await this.order(lane, { to, by: wanted.person, reason: wanted.reason, at: this.ports.clock() });
    await this.advanceLane.runNext(lane);
    const promotion = await this.newest(lane);
    const status = await this.ports.promotions.lane(lane);
    return { message: status?.message ?? '', undoes, ...present({ promotion }) };
  }

  /**
   * The environment's `onDegraded`: a promotion that made fail what was healthy before it is undone, once. A rollback is never undone by itself, nor is what nothing healthy came before.
   * Harmless to call twice.
   */
  async automatically(promotion: Promotion, reason: string): Promise<void> {
    const { repository, application, target: environment } = promotion;
    const place = placeIn((await this.ports.repositories.pipeline(repository))?.pipeline, { application, environment });
    if (typeof place === 'string' || place.target.onDegraded !== 'rollback' || promotion.candidate.kind === 'rollback') return;
    const lane: LaneId = { repository, application, target: environment };
    if (!(await this.isFirstFault(lane))) return;
    const possible = await this.possible({ repository, application, environment, reason }, lane, place).catch(refusal);
    if (possible instanceof Conflict) return this.tellImpossible(promotion, possible.message);
    // something newer was merged since: it is for that one to be judged
    if (possible.undoes[0] === promotion.id) await this.order(lane, { to: possible.to, reason, at: this.ports.clock() });
  }

  /** Something healthy came before it, and nobody has ordered a rollback yet. */
  private async isFirstFault(lane: LaneId): Promise<boolean> {
    const live = await this.ports.promotions.list({ ...lane, states: ['live'], limit: 1 });
    return live.items.length > 0 && (await this.ports.promotions.lane(lane))?.rollback === undefined;
  }

  private async tellImpossible({ repository, application, target, id }: Promotion, message: string): Promise<void> {
    await this.ports.events.append({ type: 'promotion.rollback-impossible', repository, environment: target, application, promotion: id, message });
    this.ports.signals.publish('events');
  }

  private async permitted({ repository, application, environment, person }: RollbackWanted): Promise<Place> {
    const place = placeIn((await this.ports.repositories.pipeline(repository))?.pipeline, { application, environment });
    if (typeof place === 'string') throw new NotFound(place);
    const { pipeline, target } = place;
    const who = await this.ports.people.get(person);
    if (who && (isNamed(target, who) || hasRole(pipeline, who, 'promoter', { application, environment }))) return place;
    const others = target.emergency ? `, and not of its emergency policy (${principalText(target.emergency.from)})` : '';
    throw new Forbidden(`you are not promoter of ${application} in ${environment}${others}`);
  }

  /** What was promoted together goes back together: whoever orders it may do so with all of it. */
  private async permittedAll({ environment, person }: RollbackWanted, { pipeline, target }: Place, applications: readonly ApplicationName[]): Promise<void> {
    const who = await this.ports.people.get(person);
    const missing = applications.filter((application) => !who || !(isNamed(target, who) || hasRole(pipeline, who, 'promoter', { application, environment })));
    if (missing.length > 0) throw new Forbidden(`${applications.join(', ')} were promoted together and go back together, and you are not promoter of ${missing.join(', ')} in ${environment}`);
  }

  /** Composed once before anything is stored: who asks is told at once what is in the way. */
  private async possible(wanted: Omit<RollbackWanted, 'person'>, lane: LaneId, place: Place): Promise<{ readonly to: PromotionId; readonly undoes: readonly PromotionId[]; readonly applications: readonly ApplicationName[] }> {
    const mirror = await this.ports.mirrors.open(wanted.repository);
    const onto = (await mirror.refresh()).get(place.target.branch);
    if (onto === undefined) throw new Conflict(`branch ${place.target.branch} does not exist`);
    const request = { repository: wanted.repository, ...place, onto, attempt: ((await this.ports.promotions.lane(lane))?.attempt ?? 0) + 1 };
    const { to, message } = wanted.to === undefined ? await previousPromotion(this.ports, mirror, request) : { to: wanted.to, message: '' };
    if (to === undefined) throw new Conflict(message);
    const composition = await composeRollback(this.ports, mirror, { ...request, to, automatic: false });
    if (composition.kind === 'candidate') return { to, undoes: composition.candidate.undoes ?? [], applications: membersOf({ application: wanted.application, candidate: composition.candidate }) };
    throw new Conflict(`cannot go back to ${to}: ${composition.kind === 'impossible' ? composition.message : inTheWay(composition.conflicts)}`);
  }

  private async order(lane: LaneId, order: RollbackOrder): Promise<void> {
    await this.ports.transactions.run(async () => {
      const before = await this.ports.promotions.lane(lane);
      const { closed: _closed, ...rest } = before ?? unseen(lane, order);
      await this.ports.promotions.saveLane({ ...rest, rollback: order, attempt: rest.attempt + 1, ...present({ requester: order.by }) });
      const { repository, target, application } = lane;
      await this.ports.wakes.wake({ kind: 'lane', ...lane });
      await this.ports.events.append({ type: 'promotion.rollback-ordered', repository, environment: target, application, message: `${order.by ?? 'the pipeline'} wants ${application} in ${target} to be as after ${order.to}: ${order.reason}`, ...present({ by: order.by }) });
    });
    this.ports.signals.publish('events');
  }

  private async newest(lane: LaneId): Promise<Promotion | undefined> {
    const current = await this.ports.promotions.current(lane);
    const [last] = current ? [current] : (await this.ports.promotions.list({ ...lane, limit: 1 })).items;
    return last?.candidate.kind === 'rollback' ? last : undefined;
  }
}

/** @returns a sentence when there is no such place, or nothing is promoted to it. */
function placeIn(pipeline: Pipeline | undefined, { application, environment }: Pick<RollbackWanted, 'application' | 'environment'>): Place | string {
  if (!pipeline) return 'the repository has no pipeline';
  const known = pipeline.applications.find(({ name }) => name === application);
  if (!known) return `there is no application ${application}; there are ${namesOf(pipeline.applications)}`;
  const target = pipeline.environments.find(({ name }) => name === environment);
  if (!target) return `there is no environment ${environment}; there are ${namesOf(pipeline.environments)}`;
  return target.from.length > 0 ? { pipeline, application: known, target } : `nothing is promoted to ${environment}: revert the commit on its branch ${target.branch}`;
}

function namesOf(items: readonly { readonly name: string }[]): string {
  return items
    .slice(0, 20)
    .map(({ name }) => name)
    .join(', ');
}

function isNamed({ emergency }: Environment, { name, groups }: Person): boolean {
  return emergency !== undefined && mayAct(emergency.from, { person: name, groups });
}

function inTheWay([first]: readonly ComposeConflict[]): string {
  return `what was changed since is in the way${first ? `: ${first.path}: ${first.message}` : ''}`;
}

function refusal(error: unknown): Conflict {
  if (error instanceof Conflict) return error;
  throw error;
}

function unseen(lane: LaneId, order: RollbackOrder): LaneStatus {
  return { ...lane, condition: 'waiting', message: '', conflicts: [], attempt: 0, since: order.at };
}
