import { Conflict, later, messageOf } from '@sluice/kernel';
import type { LaneId, LaneStatus, Promotion } from '@sluice/promotion';
import { transition } from '@sluice/promotion';
import { wakeKey } from '../ports/index.js';
import type { Lease, OutboxEntry, WakeTarget } from '../ports/index.js';
import { decideLane } from './decide-lane.js';
import { EFFECT } from './effects.js';
import type { LanePlan } from './lane-plan.js';
import { observeLane } from './observe-lane.js';
import { performEffect } from './perform-effect.js';
import type { Performed } from './perform-effect.js';
import type { LifecyclePorts } from './ports.js';
import { withLease } from './with-lease.js';

/** Steps of one run; more work than that waits for the next one, so that no lane keeps a worker for itself. */
const MAX_STEPS = 16;

/**
 * Takes one lane as far as it goes: observe, decide, store state and effects in one transaction, do the effects, look again. Losing, repeating or killing a run at
 * any point is harmless: what was stored is taken up, what was done is seen.
 */
export class AdvanceLane {
  constructor(private readonly ports: LifecyclePorts) {}

  /** @throws Unavailable when git or the forge does not answer (the job is retried). */
  async run(lane: LaneId): Promise<void> {
    const target: WakeTarget = { kind: 'lane', repository: lane.repository, application: lane.application, target: lane.target };
    const key = wakeKey(target);
    const { worker } = this.ports.settings;
    const done = await withLease(this.ports.leases, { key, worker }, (lease) => this.steps(lane, key, lease));
    if (!done) await this.ports.wakes.wakeAt(`busy:${key}`, target, later(this.ports.clock(), 1_000));
  }

  private async steps(lane: LaneId, key: string, lease: Lease): Promise<void> {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      // After a merge the index is behind: the wake of the repository brings this lane back when the merge has been read.
      if (await this.performPending(lane, key, lease)) return;
      if (!(await this.step(lane, key, lease))) return;
    }
    await this.ports.wakes.wakeAt(`more:${key}`, { kind: 'lane', ...lane }, later(this.ports.clock(), 1_000));
  }

  /** @returns whether to look again at once. */
  private async step(lane: LaneId, key: string, lease: Lease): Promise<boolean> {
    const view = await observeLane(this.ports, lane);
    const plan = await this.withoutStaleInsert(decideLane(view));
    const stored = await this.store({ lane, key, lease }, view.status, plan);
    if (plan.lookAgainAt !== undefined) await this.ports.wakes.wakeAt(`gate:${key}`, { kind: 'lane', ...lane }, plan.lookAgainAt);
    return stored && (plan.effects.length > 0 || plan.insert !== undefined || (plan.update !== undefined && plan.update.state !== view.current?.state));
  }

  private async store({ lane, key, lease }: Held, before: LaneStatus | undefined, plan: LanePlan): Promise<boolean> {
    const merged = plan.update?.state === 'rolling-out';
    try {
      await this.ports.transactions.run(
        async () => {
          if (plan.update) await this.ports.promotions.update(plan.update);
          if (plan.insert) await this.insert(plan.insert);
          if (!sameStatus(before, plan.status)) await this.ports.promotions.saveLane(plan.status);
          if (plan.effects.length > 0) await this.ports.outbox.add(key, plan.effects);
          if (plan.events.length > 0) await this.ports.events.append(...plan.events);
          if (merged) await this.ports.wakes.wake(...wakesOfMerge(lane));
        },
        { lease },
      );
    } catch (error) {
      if (error instanceof Conflict) return true;
      throw error;
    }
    if (plan.events.length > 0) this.ports.signals.publish('events');
    return true;
  }

  /** The index may not have read a merge yet: what was merged a moment ago is not begun again. */
  private async withoutStaleInsert(plan: LanePlan): Promise<LanePlan> {
    if (!plan.insert) return plan;
    const before = await this.ports.promotions.get(plan.insert.repository, plan.insert.id);
    return before && before.state !== 'superseded' ? { status: plan.status, effects: [], events: [] } : plan;
  }

  /** A candidate that was superseded and is right again (the target went back) takes up its old row. */
  private async insert(promotion: Promotion): Promise<void> {
    const before = await this.ports.promotions.get(promotion.repository, promotion.id);
    if (!before) return this.ports.promotions.insert(promotion);
    await this.ports.promotions.update({ ...promotion, createdAt: before.createdAt, timeline: [...before.timeline, ...promotion.timeline], version: before.version });
  }

  /** @returns whether something was merged. */
  private async performPending(lane: LaneId, key: string, lease: Lease): Promise<boolean> {
    let merged = false;
    for (const entry of await this.ports.outbox.pending(key, 50)) merged = (await this.perform(lane, entry, lease)) || merged;
    return merged;
  }

  private async perform(lane: LaneId, entry: OutboxEntry, lease: Lease): Promise<boolean> {
    const effect = EFFECT.safeParse(entry.effect);
    // An effect that this version cannot read is from a newer or older one: nothing can be done with it.
    if (!effect.success) {
      await this.ports.outbox.done(entry.id);
      return false;
    }
    const performed = await performEffect(this.ports, lane, effect.data).catch(async (error: unknown) => {
      await this.ports.outbox.failed(entry.id, messageOf(error));
      throw error;
    });
    await this.ports.transactions.run(
      async () => {
        await this.ports.outbox.done(entry.id);
        if (performed.draft) await this.noteDraft(lane, performed.draft);
        if (!performed.event || performed.promotion === undefined) return;
        const promotion = await this.ports.promotions.get(lane.repository, performed.promotion);
        const next = promotion && transition(promotion, performed.event, this.ports.clock());
        if (!next || next === promotion) return;
        await this.ports.promotions.update(next);
        if (performed.event.kind === 'merged') await this.noteMerge(next);
      },
      { lease },
    );
    if (performed.event) this.ports.signals.publish('events');
    return performed.event?.kind === 'merged';
  }

  private async noteDraft(lane: LaneId, { head, change }: NonNullable<Performed['draft']>): Promise<void> {
    const status = await this.ports.promotions.lane(lane);
    if (status?.draft?.head === head) await this.ports.promotions.saveLane({ ...status, draft: { ...status.draft, change } });
  }

  private async noteMerge(promotion: Promotion): Promise<void> {
    const { repository, target, application, id } = promotion;
    await this.ports.events.append({ type: 'promotion.merged', repository, environment: target, application, promotion: id, message: `${application} was merged into ${target}` });
    await this.ports.wakes.wake(...wakesOfMerge({ repository, application, target }), { kind: 'lane', repository, application, target });
  }
}

/** A lane in the hands of this worker. */
interface Held {
  readonly lane: LaneId;
  readonly key: string;
  readonly lease: Lease;
}

/** The merge has to be read, and what is live settled, in whatever order they come. */
function wakesOfMerge({ repository, target }: LaneId): readonly WakeTarget[] {
  return [
    { kind: 'repository', repository },
    { kind: 'environment', repository, environment: target },
  ];
}

function sameStatus(before: LaneStatus | undefined, after: LaneStatus): boolean {
  return before !== undefined && JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
}

function sorted(status: LaneStatus): unknown {
  return Object.entries(status)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
