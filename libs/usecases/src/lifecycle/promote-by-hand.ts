import { NotFound, present } from '@sluice/kernel';
import type { ApplicationName, EnvironmentName, PersonName, RepositoryId } from '@sluice/kernel';
import type { Hold, LaneId, LaneStatus, Promotion } from '@sluice/promotion';
import type { AdvanceLane } from './advance-lane.js';
import type { LifecyclePorts } from './ports.js';
import { lanesTogether } from './lanes-together.js';
import { effectivePipeline } from '../rights/effective-roles.js';
import { permitAll } from '../rights/permit.js';

export interface PromoteRequest {
  readonly repository: RepositoryId;
  readonly application: ApplicationName;
  readonly environment: EnvironmentName;
  readonly person: PersonName;
  readonly reason: string;
}
export interface PromoteResult {
  readonly outcome: 'opened' | 'nothing';
  readonly message: string;
  readonly promotion?: Promotion;
}

type Ports = Pick<LifecyclePorts, 'rights' | 'clock' | 'transactions' | 'repositories' | 'environments' | 'promotions' | 'people' | 'events' | 'audit' | 'signals'>;

/** A person asks for a promotion: lifts what was closed or held in the lane, and takes it as far as it goes now. */
export class PromoteByHand {
  constructor(
    private readonly ports: Ports,
    private readonly advanceLane: AdvanceLane,
  ) {}

  /** @throws NotFound for an unknown application or environment; Forbidden. */
  async run(request: PromoteRequest): Promise<PromoteResult> {
    const { repository, environment: target } = request;
    const together = await lanesTogether(this.ports.promotions, { repository, application: request.application, target });
    const [leading] = together as readonly [LaneId];
    await this.check(request, together);
    const lane = { repository, application: leading.application, target };
    await this.lift(request, { lane, others: together.slice(1) });
    await this.advanceLane.runNext(lane);
    const [promotion, status] = [await this.ports.promotions.current(lane), await this.ports.promotions.lane(lane)];
    if (promotion) return { outcome: 'opened', message: status?.message ?? 'there is a promotion', promotion };
    const merged = (await this.ports.promotions.list({ ...lane, states: ['rolling-out'], limit: 1 })).items[0];
    if (merged && merged.candidate.source === status?.candidate) return { outcome: 'opened', message: 'it was merged at once', promotion: merged };
    return { outcome: 'nothing', message: status?.message ?? 'there is nothing to promote' };
  }

  private async check(request: PromoteRequest, together: readonly LaneId[]): Promise<void> {
    const { repository, application, environment } = request;
    const pipeline = await effectivePipeline(this.ports, repository);
    if (!pipeline) throw new NotFound(`there is no pipeline in repository ${repository}`);
    const names = pipeline.applications.map((candidate) => candidate.name);
    if (!names.includes(application)) throw new NotFound(`there is no application ${application}; there are ${names.slice(0, 20).join(', ')}`);
    const target = pipeline.environments.find((candidate) => candidate.name === environment);
    if (!target) throw new NotFound(`there is no environment ${environment}; there are ${pipeline.environments.map((candidate) => candidate.name).join(', ')}`);
    if (target.from.length === 0) throw new NotFound(`nothing is promoted to ${environment}: it is where changes begin`);
    await permitAll(this.ports, { action: 'promote', places: together.map((lane) => ({ application: lane.application, environment })), repository, pipeline, person: request.person }, (missing) => `you are not promoter of ${missing} in ${environment}`);
  }

  /** A lift makes a new attempt: old approvals and statuses do not count for it. Who asks for what is open already asks for nothing new, and may still approve it. */
  private async lift(request: PromoteRequest, lifting: Lifting): Promise<void> {
    await this.ports.transactions.run(async () => {
      const lifted = await this.lifted(request, lifting);
      if (lifted.length > 0) await this.store(lifted, request);
    });
    this.ports.signals.publish('events');
  }

  /** The lanes as asking makes them; none when it changes nothing. */
  private async lifted({ repository, environment: target, person }: PromoteRequest, { lane, others }: Lifting): Promise<readonly LaneStatus[]> {
    const status = await this.ports.promotions.lockLane(lane);
    const held = await this.heldIn(repository, target);
    const hold = held[lane.application];
    const lifted = await this.heldAmong(others, held);
    const lifts = isLift(status, hold) || lifted.length > 0;
    if (!lifts && !status?.rollback && (await this.ports.promotions.current(lane))) return [];
    const { closed: _closed, rollback: _rollback, ...rest } = status ?? this.unseen(lane);
    return [{ ...rest, requester: person, attempt: rest.attempt + Number(lifts), ...present({ lifted: hold?.by }) }, ...lifted];
  }

  private async heldIn(repository: RepositoryId, target: EnvironmentName): Promise<Readonly<Record<string, Hold>>> {
    return (await this.ports.environments.state(repository, target))?.held ?? {};
  }

  /** Holds of the others that are promoted together with it: nothing goes on before all are lifted. */
  private async heldAmong(others: readonly LaneId[], held: Readonly<Record<string, Hold>>): Promise<readonly LaneStatus[]> {
    const lifted: LaneStatus[] = [];
    for (const lane of others) {
      const hold = held[lane.application];
      const status = (await this.ports.promotions.lockLane(lane)) ?? this.unseen(lane);
      if (hold && status.lifted !== hold.by) lifted.push({ ...status, lifted: hold.by });
    }
    return lifted;
  }

  private async store(statuses: readonly LaneStatus[], { repository, application, environment, person, reason }: PromoteRequest): Promise<void> {
    for (const status of statuses) await this.ports.promotions.saveLane(status);
    await this.ports.events.append({ type: 'promotion.requested', repository, environment, application, message: `${person} asked for it${reason === '' ? '' : `: ${reason}`}`, by: person });
    await this.ports.audit.append({ action: 'promotion.request', by: person, place: { repository, environment, application }, after: { lanes: statuses.map((status) => ({ application: status.application, attempt: status.attempt, ...present({ lifted: status.lifted }) })) }, why: reason });
  }

  /** A lane that was not looked at yet. */
  private unseen(lane: LaneId): LaneStatus {
    return { ...lane, condition: 'waiting', message: '', conflicts: [], attempt: 0, since: this.ports.clock() };
  }
}

interface Lifting {
  /** The lane that composes. */
  readonly lane: LaneId;
  readonly others: readonly LaneId[];
}

/** Whether asking ends what somebody has closed or undone. */
function isLift(status: LaneStatus | undefined, hold: Hold | undefined): boolean {
  const isClosed = status?.closed !== undefined || status?.draft?.closedBy !== undefined;
  return isClosed || (hold !== undefined && status?.lifted !== hold.by);
}
