import type { RolloutOrder } from '@sluice/gates';
import { principalText } from '@sluice/gates';
import { Conflict, NotFound } from '@sluice/kernel';
import type { ApplicationName, EnvironmentName, PersonName, RepositoryId } from '@sluice/kernel';
import type { Environment, Pipeline } from '@sluice/pipeline';
import { membersOf } from '@sluice/promotion';
import type { StoredRollout, WakeTarget } from '../ports/index.js';
import type { AdvanceLane } from './advance-lane.js';
import { changeRollout } from './change-rollout.js';
import type { UndoneBatch } from './follow-rollout.js';
import type { LifecyclePorts } from './ports.js';
import type { RollBack } from './roll-back.js';
import { effectivePipeline } from '../rights/effective-roles.js';
import { permit } from '../rights/permit.js';
import { promotionsOf } from './rollout-facts.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'transactions' | 'repositories' | 'rights' | 'promotions' | 'rollouts' | 'people' | 'events' | 'audit' | 'wakes' | 'signals'>;

export interface RolloutWanted {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly person: PersonName;
  readonly reason: string;
}

interface Found {
  readonly rollout: StoredRollout;
  readonly applications: readonly ApplicationName[];
}

/** People stop a rollout, let it go on, or have its whole batch rolled back: those who might roll back what is in it. */
export class ControlRollout {
  constructor(
    private readonly ports: Ports,
    private readonly rollBack: Pick<RollBack, 'batch'>,
    private readonly advanceLane: AdvanceLane,
  ) {}

  /** No further cluster gets anything but a rollback. @throws NotFound, Forbidden; Conflict when nothing rolls out, or it has stopped already. */
  async pause(wanted: RolloutWanted): Promise<StoredRollout> {
    const { rollout } = await this.permitted(wanted);
    if (rollout.paused) throw new Conflict(`rollout ${rollout.id} is paused already: ${rollout.paused.reason}`);
    if (rollout.undoing) throw new Conflict(`rollout ${rollout.id} is being rolled back: ${rollout.undoing.reason}`);
    return this.order(wanted, { ...rollout, paused: this.orderOf(wanted) }, 'paused');
  }

  /** It goes on from where it was; what is not healthy holds its wave all the same. @throws NotFound, Forbidden; Conflict when it is not paused. */
  async continue(wanted: RolloutWanted): Promise<StoredRollout> {
    const { rollout } = await this.permitted(wanted);
    const { paused, ...rest } = rollout;
    if (rollout.undoing) throw new Conflict(`rollout ${rollout.id} is being rolled back: whoever does not want that rejects the requests of the rollback`);
    if (!paused) throw new Conflict(`rollout ${rollout.id} is not paused`);
    return this.order(wanted, rest, 'continued');
  }

  /** Rolls back everything that it brought, in all clusters that have it, by the environment's emergency policy. @throws NotFound, Forbidden; Conflict when nothing of it can be rolled back. */
  async abort(wanted: RolloutWanted): Promise<UndoneBatch & { readonly rollout: StoredRollout }> {
    const { rollout, applications } = await this.permitted(wanted);
    if (rollout.undoing) throw new Conflict(`rollout ${rollout.id} is being rolled back already: ${rollout.undoing.reason}`);
    if (applications.length === 0) throw new Conflict(`nothing in rollout ${rollout.id} came by a promotion: revert the commit on the branch of ${wanted.environment}`);
    const order = this.orderOf(wanted);
    // first the waves stop, then its rollbacks are ordered: what is broken off in between can be said again
    const paused = rollout.paused ? rollout : await this.ports.rollouts.save({ ...rollout, paused: order });
    const outcome = await this.rollBack.batch(paused, order);
    if (outcome.ordered.length === 0) {
      if (!rollout.paused) await this.order(wanted, withoutPause(paused), 'continued');
      throw new Conflict(`nothing of rollout ${rollout.id} can be rolled back: ${outcome.impossible.join('; ')}`);
    }
    // the rollbacks may be merged before this is stored
    const stored = await changeRollout(this.ports.rollouts, paused, (current) => this.order(wanted, { ...withoutPause(current), undoing: order }, 'aborted'));
    for (const application of applications) await this.advanceLane.runNext({ repository: wanted.repository, application, target: wanted.environment });
    return { ...outcome, rollout: stored };
  }

  private orderOf({ person, reason }: RolloutWanted): RolloutOrder {
    return { by: person, reason, at: this.ports.clock() };
  }

  private async order({ repository, environment, person, reason }: RolloutWanted, rollout: StoredRollout, what: 'paused' | 'continued' | 'aborted'): Promise<StoredRollout> {
    const open = await this.ports.promotions.list({ repository, target: environment, states: ['open', 'ready'], limit: 200 });
    const waiting = open.items.map(({ application }): WakeTarget => ({ kind: 'lane', repository, application, target: environment }));
    const stored = await this.ports.transactions.run(async () => {
      await this.ports.events.append({ type: `rollout.${what}`, repository, environment, message: `${person} ${what} rollout ${rollout.id}: ${reason}`, by: person });
      await this.ports.wakes.wake({ kind: 'environment', repository, environment }, ...waiting);
      await this.ports.audit.append({ action: ACTIONS[what], by: person, place: { repository, environment }, after: { rollout: rollout.id, paused: rollout.paused !== undefined, undoing: rollout.undoing !== undefined }, why: reason });
      return this.ports.rollouts.save(rollout);
    });
    this.ports.signals.publish('events');
    return stored;
  }

  private async permitted(wanted: RolloutWanted): Promise<Found> {
    const { pipeline, target } = placeIn(await effectivePipeline(this.ports, wanted.repository), wanted.environment);
    const rollout = await this.ports.rollouts.of(wanted.repository, wanted.environment);
    const applications = rollout ? [...new Set((await promotionsOf(this.ports, rollout)).flatMap(membersOf))] : [];
    const concerned = applications.length > 0 ? applications : pipeline.applications.map(({ name }) => name);
    const others = target.emergency ? `, and not of its emergency policy (${principalText(target.emergency.from)})` : '';
    const places = concerned.map((application) => ({ application, environment: wanted.environment }));
    await permit(this.ports, { action: 'control-rollout', places, repository: wanted.repository, pipeline, person: wanted.person, refusal: `you are not promoter of everything that rolls out in ${wanted.environment}${others}` });
    if (!rollout || rollout.state === 'ended') throw new Conflict(`nothing rolls out in ${wanted.environment}`);
    return { rollout, applications };
  }
}

const ACTIONS = { paused: 'rollout.pause', continued: 'rollout.continue', aborted: 'rollout.abort' } as const;

function withoutPause(rollout: StoredRollout): StoredRollout {
  const { paused: _paused, ...rest } = rollout;
  return rest;
}

function placeIn(pipeline: Pipeline | undefined, environment: EnvironmentName): { readonly pipeline: Pipeline; readonly target: Environment } {
  const target = pipeline?.environments.find(({ name }) => name === environment);
  if (!pipeline) throw new NotFound('the repository has no pipeline');
  if (!target) throw new NotFound(`there is no environment ${environment}; there are ${pipeline.environments.map(({ name }) => name).join(', ')}`);
  return { pipeline, target };
}
