import { beginRollout, ended, joinRollout, planRollout, waveOf } from '@sluice/gates';
import type { RolloutFacts, RolloutOrder, RolloutPlan } from '@sluice/gates';
import { Conflict, present } from '@sluice/kernel';
import type { CommitSha, EnvironmentName, PromotionId, RepositoryId } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import { CURRENT_STATES } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import { actsOf } from '../audit/acts-of-events.js';
import type { EnvironmentState, StoredRollout, WakeTarget } from '../ports/index.js';
import { lanesOut } from '../fleet/new-liveness.js';
import { allPages } from '../queries/all-pages.js';
import type { LifecyclePorts } from './ports.js';
import { readArrival } from './read-arrival.js';
import { promotionsOf, rolloutFacts } from './rollout-facts.js';
import { everythingSelection } from './selections.js';

export type FollowRolloutPorts = Pick<LifecyclePorts, 'clock' | 'transactions' | 'repositories' | 'environments' | 'promotions' | 'clusters' | 'rollouts' | 'mirrors' | 'events' | 'audit' | 'signals' | 'wakes'>;

/** What a batch that is to be undone came to. */
export interface UndoneBatch {
  readonly ordered: readonly string[];
  readonly impossible: readonly string[];
}

interface Undo {
  batch(rollout: StoredRollout, order: RolloutOrder): Promise<UndoneBatch>;
}

const MAX_OPEN = 2_000;

interface Place {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
}

/** Leads what is merged into an environment with waves through them. What is decided is the core's (`planRollout`); it is stored before any cluster is told. */
export class FollowRollout {
  constructor(
    private readonly ports: FollowRolloutPorts,
    private readonly undo: Undo,
  ) {}

  /** Before a newer commit becomes the environment's: it begins a rollout or joins the one that is under way. The first commit of all goes to every cluster at once: nothing ran before. */
  async receive(state: EnvironmentState, target: Environment | undefined, wanted: CommitSha | undefined): Promise<void> {
    if (wanted === undefined) return;
    const before = await this.ports.rollouts.of(state.repository, state.environment);
    if (before && before.state !== 'ended') return before.head === wanted ? undefined : this.join(before, wanted);
    if (!target?.waves || state.assigned === undefined || wanted === state.assigned) return;
    const { repository, environment, assigned } = state;
    const { arrival, promotions } = await readArrival(this.ports, { repository, environment, from: assigned, to: wanted });
    if (arrival !== 'forward') return;
    const rollout = beginRollout(before, { repository, environment, waves: target.waves, ...present({ onDegraded: target.onDegraded }), head: wanted, base: assigned, promotions, at: this.ports.clock() });
    await this.ports.rollouts.save(rollout);
  }

  private async join(before: StoredRollout, head: CommitSha): Promise<void> {
    const { repository, environment, base, undoing } = before;
    const { arrival, promotions } = await readArrival(this.ports, { repository, environment, from: before.head, to: head });
    // whoever has the batch gets what undoes it, and what came in between
    const joined = joinRollout(before, head, undoing && arrival === 'forward' ? 'back' : arrival, promotions);
    const isBack = arrival !== 'nothing' && base !== undefined && (await this.isSame(repository, base, head));
    const next = isBack ? ended(joined, before.state === 'gathering' ? 'done' : 'rolled-back', this.ports.clock()) : { ...joined, revision: before.revision + 1 };
    const what = promotions.length > 0 ? promotions.join(', ') : head.slice(0, 10);
    const event = isBack ? { type: 'rollout.rolled-back', message: `rollout ${before.id} into ${environment} is rolled back: every cluster runs what it ran before` } : { type: 'rollout.joined', message: `rollout ${before.id} into ${environment}: ${what} goes along` };
    await this.store(before, { rollout: next, events: arrival === 'nothing' ? [] : [event] });
  }

  private async isSame(repository: RepositoryId, one: CommitSha, other: CommitSha): Promise<boolean> {
    const mirror = await this.ports.mirrors.open(repository);
    await Promise.all([mirror.ensure(one), mirror.ensure(other)]);
    return (await mirror.contentKey(one, everythingSelection())) === (await mirror.contentKey(other, everythingSelection()));
  }

  /** Once the clusters' reports are settled: gives it to whose turn it is. @returns the promotions that are not live before it has ended. */
  async advance(place: Place): Promise<ReadonlySet<PromotionId>> {
    const before = await this.ports.rollouts.of(place.repository, place.environment);
    if (!before || before.state === 'ended') return new Set();
    const known = await this.settled(before);
    const facts = await rolloutFacts(this.ports, known);
    const rollout = foundAgain(known, facts);
    const plan = planRollout(rollout, facts, !(await this.isMerging(place)));
    const next = await this.undone(plan);
    await this.store(before, { ...plan, rollout: next });
    if (plan.lookAgainAt !== undefined) await this.ports.wakes.wakeAt(`rollout:${place.repository}:${place.environment}`, { kind: 'environment', ...place }, plan.lookAgainAt);
    return new Set(next.state === 'ended' ? [] : next.promotions);
  }

  /** Its batch as the index and the promotions have it by now: a merge may be read before its promotion knows of it. */
  private async settled(before: StoredRollout): Promise<StoredRollout> {
    const { repository, environment, base, head } = before;
    if (base === undefined) return before;
    const { arrival, promotions } = await readArrival(this.ports, { repository, environment, from: base, to: head });
    if (before.state === 'gathering' && arrival !== 'forward') return ended(before, 'done', this.ports.clock());
    const members = [...before.promotions, ...promotions.filter((id) => !before.promotions.includes(id))];
    const id = before.state === 'gathering' ? (members[0] ?? before.id) : before.id;
    return this.settleUndoing({ ...before, id, promotions: members });
  }

  /** When nothing of the batch is left to undo, and something else is under way, that goes on. */
  private async settleUndoing(rollout: StoredRollout): Promise<StoredRollout> {
    const { undoing, ...rest } = rollout;
    if (!undoing) return rollout;
    const members = await promotionsOf(this.ports, rollout);
    if (await this.isUndoing(rollout, members)) return rollout;
    const left = members.filter(({ state }) => state !== 'rolled-back' && state !== 'tampered');
    if (left.length === 0) return rest;
    return { ...rest, paused: { ...undoing, reason: `${left.map(({ application }) => application).join(', ')} could not be rolled back (${undoing.reason})`, at: this.ports.clock() } };
  }

  private async isUndoing({ repository, environment, head }: StoredRollout, members: readonly Promotion[]): Promise<boolean> {
    for (const { application } of members) if ((await this.ports.promotions.lane({ repository, application, target: environment }))?.rollback) return true;
    const { items } = await this.ports.promotions.list({ repository, target: environment, states: ['rolling-out', 'degraded', 'live'], limit: 200 });
    const merges = items.flatMap(({ candidate, mergedAs }) => (mergedAs !== undefined && candidate.undoes?.some((id) => members.some((member) => member.id === id)) ? [mergedAs] : []));
    const positions = await this.ports.environments.positions(repository, environment, [head, ...merges]);
    const last = positions.get(head) ?? 0;
    // merged, and not read yet: its commit has to go out first
    return merges.some((merge) => (positions.get(merge) ?? Number.POSITIVE_INFINITY) > last);
  }

  /** What is merged at the same time is one batch. */
  private async isMerging({ repository, environment }: Place): Promise<boolean> {
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    const isAuto = pipeline?.environments.find(({ name }) => name === environment)?.merge === 'auto';
    const open = await this.open({ repository, environment });
    return open.some(({ state, verdicts }) => state === 'merging' || (isAuto && state === 'open' && verdicts.every(({ gate, outcome }) => outcome === 'pass' || gate === 'rollout')));
  }

  private open({ repository, environment }: Place): Promise<readonly Promotion[]> {
    return allPages(this.ports.promotions, { repository, target: environment, states: CURRENT_STATES }, MAX_OPEN);
  }

  /** The order to roll back is stored first: it is safe to give twice. Where nothing can be rolled back, the rollout stops. */
  private async undone({ undo, rollout }: RolloutPlan): Promise<StoredRollout> {
    if (!undo) return rollout;
    const { ordered, impossible } = await this.undo.batch(rollout, undo);
    if (ordered.length > 0) return rollout;
    const { undoing: _undoing, ...rest } = rollout;
    return { ...rest, paused: { ...undo, reason: `${undo.reason}; it cannot be rolled back: ${impossible.join('; ')}` } };
  }

  private async store(before: StoredRollout, { rollout, events }: Pick<RolloutPlan, 'rollout' | 'events'>): Promise<void> {
    if (JSON.stringify(before) === JSON.stringify(rollout)) return;
    const { repository, environment } = rollout;
    const waiting = isNews(before, rollout) ? await this.lanesConcerned(rollout) : [];
    try {
      await this.ports.transactions.run(async () => {
        await this.ports.rollouts.save(rollout);
        if (events.length > 0) await this.ports.events.append(...events.map((event) => ({ ...event, repository, environment })));
        await this.ports.audit.append(...actsOf(events.map((event) => ({ ...event, repository, environment }))));
        if (waiting.length > 0) await this.ports.wakes.wake(...waiting);
      });
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      // somebody has paused or aborted it meanwhile: look again at what it is now
      await this.ports.wakes.wake({ kind: 'environment', repository, environment });
      return;
    }
    if (before.revision !== rollout.revision) this.ports.signals.publish(`assignment:${repository}:${environment}`);
    if (events.length > 0) this.ports.signals.publish('events');
  }

  /** What waits for it here, and what waits for its content to be live. */
  private async lanesConcerned({ repository, environment }: StoredRollout): Promise<readonly WakeTarget[]> {
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    const open = (await this.open({ repository, environment })).map(({ application }): WakeTarget => ({ kind: 'lane', repository, application, target: environment }));
    return [...open, ...lanesOut({ repository, environment }, pipeline, pipeline?.applications.map(({ name }) => ({ application: name })) ?? [])];
  }
}

/** Whether those who wait for a rollout would want to know. */
function isNews(before: StoredRollout, after: StoredRollout): boolean {
  return before.state !== after.state || before.wave !== after.wave || (before.paused === undefined) !== (after.paused === undefined) || (before.undoing === undefined) !== (after.undoing === undefined);
}

/** After the database was lost a rollout may have been under way. It was not when every wave has clusters, and all of them run the head. */
function foundAgain(rollout: StoredRollout, { clusters, now }: RolloutFacts): StoredRollout {
  if (rollout.base !== undefined || rollout.state !== 'gathering') return rollout;
  const hasAll = rollout.waves.every((_, index) => clusters.some(({ labels }) => waveOf(rollout, labels) === index));
  return hasAll && clusters.every(({ hasHead }) => hasHead) ? ended(rollout, 'done', now) : rollout;
}
