import { Conflict, NotFound, personName, present } from '@sluice/kernel';
import type { ApplicationName, EnvironmentName, PersonName, PromotionId, RepositoryId } from '@sluice/kernel';
import { principalText } from '@sluice/gates';
import type { RolloutOrder } from '@sluice/gates';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { membersOf } from '@sluice/promotion';
import type { LaneId, LaneStatus, Promotion, RollbackOrder } from '@sluice/promotion';
import type { ComposeConflict } from '@sluice/manifests';
import type { StoredRollout } from '../ports/index.js';
import type { AdvanceLane } from './advance-lane.js';
import { changeRollout } from './change-rollout.js';
import { composeRollback, previousPromotion } from './compose-rollback.js';
import type { UndoneBatch } from './follow-rollout.js';
import type { LifecyclePorts } from './ports.js';
import { readLedger } from './read-ledger.js';
import { effectivePipeline } from '../rights/effective-roles.js';
import { permit, permitAll } from '../rights/permit.js';
import { promotionsOf } from './rollout-facts.js';

type Ports = Pick<LifecyclePorts, 'rights' | 'clock' | 'transactions' | 'repositories' | 'promotions' | 'rollouts' | 'people' | 'events' | 'audit' | 'wakes' | 'signals' | 'mirrors' | 'reader'>;

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

  /** @throws NotFound for an unknown place; Forbidden; Conflict when there is nothing to go back to, it cannot be composed, or it is one of several in a rollout. */
  async run(wanted: RollbackWanted): Promise<RollbackResult> {
    const place = await this.permitted(wanted);
    const lane: LaneId = { repository: wanted.repository, application: wanted.application, target: wanted.environment };
    const rollout = await this.soleRollout(wanted);
    const { to, undoes, applications } = await this.possible(wanted, lane, place);
    await this.permittedAll(wanted, place, applications);
    const order = { by: wanted.person, reason: wanted.reason, at: this.ports.clock() };
    await this.order(lane, { to, ...order });
    // its waves stop while it is undone
    if (rollout) await changeRollout(this.ports.rollouts, rollout, (current) => this.ports.rollouts.save({ ...current, undoing: order }));
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
    const { repository, target: environment } = promotion;
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    const application = stillThere(pipeline, promotion);
    const place = placeIn(pipeline, { application, environment });
    // where there are waves, a batch is rolled back whole
    if (typeof place === 'string' || place.target.waves || place.target.onDegraded !== 'rollback' || promotion.candidate.kind === 'rollback') return;
    const lane: LaneId = { repository, application, target: environment };
    if (!(await this.isFirstFault(lane))) return;
    const possible = await this.possible({ repository, application, environment, reason }, lane, place).catch(refusal);
    if (possible instanceof Conflict) return this.tellImpossible(promotion, possible.message);
    // something newer was merged since: it is for that one to be judged
    if (possible.undoes[0] === promotion.id) await this.order(lane, { to: possible.to, reason, at: this.ports.clock() });
  }

  /** Everything that a rollout brought is to go back to what ran before, application by application; what was ordered already is not ordered again. */
  async batch(rollout: StoredRollout, order: RolloutOrder): Promise<UndoneBatch> {
    const members = (await promotionsOf(this.ports, rollout)).filter(({ state }) => state !== 'rolled-back');
    const outcome: Record<keyof UndoneBatch, string[]> = { ordered: [], impossible: [] };
    const pipeline = (await this.ports.repositories.pipeline(rollout.repository))?.pipeline;
    for (const application of new Set(members.map((promotion) => stillThere(pipeline, promotion)))) {
      const problem = await this.undoMember(rollout, application, order).catch(refusal);
      if (problem) outcome.impossible.push(`${application}: ${problem.message}`);
      else outcome.ordered.push(application);
    }
    return outcome;
  }

  /** @throws Conflict when it cannot be done. */
  private async undoMember({ repository, environment, base }: StoredRollout, application: ApplicationName, order: RolloutOrder): Promise<undefined> {
    const lane: LaneId = { repository, application, target: environment };
    if ((await this.ports.promotions.lane(lane))?.rollback) return undefined;
    const place = placeIn((await this.ports.repositories.pipeline(repository))?.pipeline, { application, environment });
    if (typeof place === 'string') throw new Conflict(place);
    if (base === undefined) throw new Conflict('what ran before is not known');
    const mirror = await this.ports.mirrors.open(repository);
    await mirror.ensure(base);
    const { ledger } = await readLedger(mirror, base, environment, application);
    if (!ledger) throw new Conflict(`it is its first promotion to ${environment}: there is nothing to go back to`);
    await this.possible({ repository, application, environment, reason: order.reason, to: ledger.promotion }, lane, place);
    await this.order(lane, { to: ledger.promotion, ...order });
    return undefined;
  }

  /** A rollout is rolled back whole. @returns the one that is under way with nothing but this application in it. @throws Conflict when there is more in it. */
  private async soleRollout({ repository, environment, application }: RollbackWanted): Promise<StoredRollout | undefined> {
    const rollout = await this.ports.rollouts.of(repository, environment);
    if (!rollout || rollout.state === 'ended') return undefined;
    const promotions = await promotionsOf(this.ports, rollout);
    const isOwn = (promotion: Promotion): boolean => membersOf(promotion).includes(application);
    if (!promotions.some(isOwn)) return undefined;
    const together = new Set(promotions.filter(isOwn).flatMap(membersOf));
    const others = [...new Set(promotions.flatMap(membersOf))].filter((member) => !together.has(member));
    if (others.length === 0) return rollout;
    throw new Conflict(`${application} rolls out together with ${others.join(', ')} (${rollout.id}): all of it is rolled back with \`sluice rollout abort ${environment}\``);
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
    const place = placeIn(await effectivePipeline(this.ports, repository), { application, environment });
    if (typeof place === 'string') throw new NotFound(place);
    const { pipeline, target } = place;
    const others = target.emergency ? `, and not of its emergency policy (${principalText(target.emergency.from)})` : '';
    await permit(this.ports, { action: 'rollback', places: [{ application, environment }], repository, pipeline, person, refusal: `you are not promoter of ${application} in ${environment}${others}` });
    return place;
  }

  /** What was promoted together goes back together: whoever orders it may do so with all of it. */
  private async permittedAll({ repository, environment, person }: RollbackWanted, { pipeline }: Place, applications: readonly ApplicationName[]): Promise<void> {
    const places = applications.map((application) => ({ application, environment }));
    await permitAll(this.ports, { action: 'rollback', places, repository, pipeline, person }, (missing) => `${applications.join(', ')} were promoted together and go back together, and you are not promoter of ${missing} in ${environment}`);
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
      const before = await this.ports.promotions.lockLane(lane);
      const { closed: _closed, ...rest } = before ?? unseen(lane, order);
      await this.ports.promotions.saveLane({ ...rest, rollback: order, attempt: rest.attempt + 1, ...present({ requester: order.by }) });
      const { repository, target, application } = lane;
      await this.ports.wakes.wake({ kind: 'lane', ...lane });
      await this.ports.events.append({ type: 'promotion.rollback-ordered', repository, environment: target, application, message: `${order.by ?? 'the pipeline'} wants ${application} in ${target} to be as after ${order.to}: ${order.reason}`, ...present({ by: order.by }) });
      await this.ports.audit.append({ action: 'promotion.rollback', by: order.by === undefined ? 'sluice' : personName(order.by), place: { repository, environment: target, application }, after: { to: order.to }, why: order.reason });
    });
    this.ports.signals.publish('events');
  }

  private async newest(lane: LaneId): Promise<Promotion | undefined> {
    const current = await this.ports.promotions.current(lane);
    const [last] = current ? [current] : (await this.ports.promotions.list({ ...lane, limit: 1 })).items;
    return last?.candidate.kind === 'rollback' ? last : undefined;
  }
}

/** In whose lane what was promoted together goes back: where the one in whose lane it was promoted has left the pipeline, another one of them. */
function stillThere(pipeline: Pipeline | undefined, promotion: Promotion): ApplicationName {
  const known = new Set(pipeline?.applications.map(({ name }) => name));
  return [promotion.application, ...membersOf(promotion)].find((name) => known.has(name)) ?? promotion.application;
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
