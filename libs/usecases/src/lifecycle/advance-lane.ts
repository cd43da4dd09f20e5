import { Conflict, Turns, later, messageOf, present } from '@sluice/kernel';
import type { LaneId, LaneStatus, Promotion } from '@sluice/promotion';
import { transition } from '@sluice/promotion';
import { actsOf } from '../audit/acts-of-events.js';
import { wakeKey } from '../ports/index.js';
import type { Lease, OutboxEntry, WakeTarget } from '../ports/index.js';
import { decideLane, merging } from './decide-lane.js';
import { EFFECT } from './effects.js';
import type { Effect } from './effects.js';
import type { LanePlan } from './lane-plan.js';
import type { LaneView } from './lane-view.js';
import { observeLane } from './observe-lane.js';
import { performEffect } from './perform-effect.js';
import type { Performed } from './perform-effect.js';
import { noteMended } from './note-mended.js';
import { followersOf } from './predecessors.js';
import { tellVoided } from '../rights/tell-voided.js';
import type { LifecyclePorts } from './ports.js';
import { mergedBefore } from './taken-back.js';
import { withLease } from './with-lease.js';

/** Milliseconds that somebody waits for another run to end, and between two tries. */
const PATIENCE = 5_000;
const BETWEEN_TRIES = 50;

/** Steps of one run; more work than that waits for the next one, so that no lane keeps a worker for itself. */
const MAX_STEPS = 16;

/**
 * Takes one lane as far as it goes: observe, decide, store state and effects in one transaction, do the effects, look again. Losing, repeating or killing a run at
 * any point is harmless: what was stored is taken up, what was done is seen.
 */
export class AdvanceLane {
  private readonly merging = new Turns();

  constructor(private readonly ports: LifecyclePorts) {}

  /** @throws Unavailable when git or the forge does not answer (the job is retried). */
  async run(lane: LaneId): Promise<void> {
    const target = targetOf(lane);
    const key = wakeKey(target);
    if (!(await this.take(lane, key))) await this.ports.wakes.wakeAt(`busy:${key}`, target, later(this.ports.clock(), 1_000));
  }

  /** For somebody who waits for the answer: while another run has the lane, theirs comes after it. @throws Unavailable like {@link run}. */
  async runNext(lane: LaneId): Promise<void> {
    const key = wakeKey(targetOf(lane));
    for (const until = Date.now() + PATIENCE; Date.now() < until; await pause(BETWEEN_TRIES)) if (await this.take(lane, key)) return;
    await this.run(lane);
  }

  private take(lane: LaneId, key: string): Promise<boolean> {
    return withLease(this.ports.leases, { key, worker: this.ports.settings.worker }, (lease) => this.steps(lane, key, lease));
  }

  private async steps(lane: LaneId, key: string, lease: Lease): Promise<void> {
    // disconnected meanwhile: nothing of it may be asked of another forge
    if (!(await this.ports.repositories.get(lane.repository))) return;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      // After a merge the index is behind: the wake of the repository brings this lane back when the merge has been read.
      if (await this.performPending({ lane, key, lease })) return;
      if (!(await this.step(lane, key, lease))) return;
    }
    await this.ports.wakes.wakeAt(`more:${key}`, { kind: 'lane', ...lane }, later(this.ports.clock(), 1_000));
  }

  /** @returns whether to look again at once. */
  private async step(lane: LaneId, key: string, lease: Lease): Promise<boolean> {
    const view = await observeLane(this.ports, lane);
    const plan = await this.withoutStaleInsert(decideLane(view), view);
    const stored = await this.store({ lane, key, lease }, view, plan);
    if (plan.lookAgainAt !== undefined) await this.ports.wakes.wakeAt(`gate:${key}`, { kind: 'lane', ...lane }, plan.lookAgainAt);
    return !stored || plan.effects.length > 0 || plan.insert !== undefined || (plan.update !== undefined && plan.update.state !== view.current?.state);
  }

  /** @returns false when something is not any more what the plan was made for: nothing of it is stored. */
  private async store({ lane, key, lease }: Held, view: LaneView, plan: LanePlan): Promise<boolean> {
    const merged = plan.update?.state === 'rolling-out';
    const before = view.status;
    const followers = [...(isNews(before, plan) ? (view.followers ?? []) : []), ...companionsOf(lane, view, plan)];
    try {
      await this.ports.transactions.run(
        async () => {
          await this.assertAsSeen(lane, before);
          for (const promotion of updatesOf(plan)) await this.ports.promotions.update(promotion);
          if (plan.insert) await this.insert(plan.insert);
          if (!sameStatus(before, plan.status)) await this.ports.promotions.saveLane(plan.status);
          if (plan.effects.length > 0) await this.ports.outbox.add(key, plan.effects);
          await tellVoided(this.ports, plan.update);
          if (plan.events.length > 0) await this.ports.events.append(...plan.events);
          await this.ports.audit.append(...actsOf(plan.events));
          if (merged && plan.update) await this.noteBefore(plan.update, plan.status);
          await this.handOver(plan.handOver);
          if (merged) await this.ports.wakes.wake(...wakesOfMerge(lane));
          if (followers.length > 0) await this.ports.wakes.wake(...followers);
        },
        { lease },
      );
    } catch (error) {
      if (error instanceof Conflict) return false;
      throw error;
    }
    if (plan.events.length > 0) this.ports.signals.publish('events');
    return true;
  }

  /** Somebody may have asked for a promotion or a rollback since the lane was looked at: what was decided without that is decided again. @throws Conflict */
  private async assertAsSeen(lane: LaneId, seen: LaneStatus | undefined): Promise<void> {
    const now = await this.ports.promotions.lockLane(lane);
    const isSame = now === undefined ? seen === undefined : sameStatus(seen, now);
    if (!isSame) throw new Conflict(`${lane.application} in ${lane.target} is not what was looked at`);
  }

  private async handOver(handOver: LanePlan['handOver']): Promise<void> {
    if (!handOver) return;
    const { lane, order } = handOver;
    const before = (await this.ports.promotions.lockLane(lane)) ?? { ...lane, condition: 'waiting', message: '', conflicts: [], attempt: 0, since: order.at };
    await this.ports.promotions.saveLane({ ...before, rollback: order, attempt: before.attempt + 1, ...present({ requester: order.by }) });
    await this.ports.wakes.wake(targetOf(lane));
  }

  private async followers(lane: LaneId): Promise<readonly WakeTarget[]> {
    return followersOf((await this.ports.repositories.pipeline(lane.repository))?.pipeline, lane);
  }

  /** The index may not have read a merge yet: what was merged a moment ago is not begun again. */
  private async withoutStaleInsert(plan: LanePlan, { target, now }: LaneView): Promise<LanePlan> {
    const { insert } = plan;
    return insert ? mergedBefore(this.ports, { ...plan, insert }, { branch: target?.branch ?? insert.target, now }) : plan;
  }

  /** A candidate that was superseded and is right again (the target went back) takes up its old row. */
  private async insert(promotion: Promotion): Promise<void> {
    const before = await this.ports.promotions.get(promotion.repository, promotion.id);
    if (!before) return this.ports.promotions.insert(promotion);
    await this.ports.promotions.update({ ...promotion, createdAt: before.createdAt, timeline: [...before.timeline, ...promotion.timeline], version: before.version });
  }

  /** What an effect wants is performed in the same run. @returns whether something was merged. */
  private async performPending(held: Held): Promise<boolean> {
    for (;;) {
      const entries = await this.ports.outbox.pending(held.key, 50);
      if (entries.length === 0) return false;
      let merged = false;
      for (const entry of entries) merged = (await this.perform(held, entry)) || merged;
      if (merged) return true;
    }
  }

  private async perform(held: Held, entry: OutboxEntry): Promise<boolean> {
    const effect = EFFECT.safeParse(entry.effect);
    // An effect that this version cannot read is from a newer or older one: nothing can be done with it.
    const performed = effect.success ? await this.attempt(held, entry, effect.data) : {};
    const { promotion, event, draft } = performed;
    if (draft) await this.ports.transactions.run(() => this.noteDraft(held.lane, draft), { lease: held.lease });
    // Without news for a promotion there is nothing that a worker which has lost the lease could spoil.
    if (promotion === undefined || event === undefined) await this.ports.outbox.done(entry.id);
    else await this.noteNews(held, entry, { ...performed, promotion, event });
    if (event) this.ports.signals.publish('events');
    return event?.kind === 'merged';
  }

  private attempt({ lane }: Held, entry: OutboxEntry, effect: Effect): Promise<Performed> {
    const work = (): Promise<Performed> => performEffect(this.ports, lane, effect);
    // Of two merges into one branch at once the second one finds it moved and begins again.
    const performed = effect.kind === 'merge' ? this.merging.take(`${lane.repository}/${lane.target}`, work) : work();
    return performed.catch(async (error: unknown) => {
      await this.ports.outbox.failed(entry.id, messageOf(error));
      throw error;
    });
  }

  private async noteNews(held: Held, entry: OutboxEntry, news: Omit<News, 'followers'>): Promise<void> {
    const followers = news.event.kind === 'merged' ? await this.followers(held.lane) : [];
    await this.ports.transactions.run(() => this.note(held, entry, { ...news, followers }), { lease: held.lease });
  }

  private async note({ lane, key }: Held, entry: OutboxEntry, { promotion: id, event, mergeUntil, followers }: News): Promise<void> {
    await this.ports.outbox.done(entry.id);
    const now = this.ports.clock();
    const promotion = await this.ports.promotions.get(lane.repository, id);
    const noted = promotion && transition(promotion, event, now);
    if (!noted || noted === promotion) return;
    const next = mergeUntil !== undefined && now <= mergeUntil ? transition(noted, { kind: 'merge-requested', by: 'sluice' }, now) : noted;
    await this.ports.promotions.update(next);
    if (next !== noted) await this.ports.outbox.add(key, [merging(next, 'sluice', now)]);
    if (event.kind === 'merged') await this.noteMerge(next, followers);
  }

  /** What a merge means to the promotions that came before it. */
  private async noteBefore(merged: Promotion, status: LaneStatus | undefined): Promise<void> {
    if (status) await this.noteUndone(merged, status);
    await noteMended(this.ports, merged);
  }

  /** A rollback was merged: what it undid says so, and the order is done. */
  private async noteUndone({ candidate, repository, id }: Promotion, status: LaneStatus): Promise<void> {
    if (candidate.kind !== 'rollback') return;
    for (const undone of candidate.undoes ?? []) {
      const promotion = await this.ports.promotions.get(repository, undone);
      const next = promotion && transition(promotion, { kind: 'rolled-back', by: id }, this.ports.clock());
      if (next && next !== promotion) await this.ports.promotions.update(next);
    }
    const { rollback: _rollback, requester: _requester, ...rest } = status;
    await this.ports.promotions.saveLane(rest);
  }

  private async noteDraft(lane: LaneId, { head, change }: NonNullable<Performed['draft']>): Promise<void> {
    const status = await this.ports.promotions.lockLane(lane);
    if (status?.draft?.head === head) await this.ports.promotions.saveLane({ ...status, draft: { ...status.draft, change } });
  }

  private async noteMerge(promotion: Promotion, followers: readonly WakeTarget[]): Promise<void> {
    const { repository, target, application, id } = promotion;
    const status = await this.ports.promotions.lockLane({ repository, application, target });
    await this.noteBefore(promotion, status);
    await this.ports.events.append({ type: 'promotion.merged', repository, environment: target, application, promotion: id, message: `${application} was merged into ${target}` });
    await this.ports.audit.append({ action: 'promotion.merge', by: 'sluice', place: { repository, environment: target, application, promotion: id }, after: { commit: promotion.mergedAs ?? null, digest: promotion.candidate.digest } });
    await this.ports.wakes.wake(...wakesOfMerge({ repository, application, target }), ...followers);
  }
}

/** What a promotion learns from an effect, and whom that concerns as well. */
type News = Performed & Required<Pick<Performed, 'promotion' | 'event'>> & { readonly followers: readonly WakeTarget[] };

/** A lane in the hands of this worker. */
interface Held {
  readonly lane: LaneId;
  readonly key: string;
  readonly lease: Lease;
}

function updatesOf({ update, alsoUpdated = [] }: LanePlan): readonly Promotion[] {
  return update ? [update, ...alsoUpdated] : alsoUpdated;
}

function targetOf({ repository, application, target }: LaneId): WakeTarget {
  return { kind: 'lane', repository, application, target };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The merge has to be read, and what is live settled, in whatever order they come. */
function wakesOfMerge({ repository, target }: LaneId): readonly WakeTarget[] {
  return [
    { kind: 'repository', repository },
    { kind: 'environment', repository, environment: target },
  ];
}

/** Who is promoted together with others tells the lane that composes for all, whatever it has seen; that one tells the others when something has become of it. */
function companionsOf(lane: LaneId, { goesWith, companions = [], status, current }: LaneView, plan: LanePlan): readonly WakeTarget[] {
  if (goesWith !== undefined) return [targetOf({ ...lane, application: goesWith })];
  const isStep = plan.insert !== undefined || (plan.update !== undefined && plan.update.state !== current?.state) || !sameStatus(status, plan.status);
  return isStep ? companions : [];
}

/** Whether there is anything in it that those who wait for this lane would want to know. */
function isNews(before: LaneStatus | undefined, plan: LanePlan): boolean {
  return plan.insert !== undefined || plan.update !== undefined || !sameStatus(before, plan.status);
}

function sameStatus(before: LaneStatus | undefined, after: LaneStatus): boolean {
  return before !== undefined && JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
}

/** A database may give the fields of an object back in another order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => [key, sorted(field)]);
}
