import { later, present } from '@sluice/kernel';
import type { EnvironmentName, PromotionId, RepositoryId } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import { changedMembersOf, membersOf, transition } from '@sluice/promotion';
import type { AuditAct, Cluster, EnvironmentState, Liveness, WakeTarget } from '../ports/index.js';
import { lanesOut, newLiveness } from '../fleet/new-liveness.js';
import { chooseAssigned } from './choose-assigned.js';
import { FollowRollout } from './follow-rollout.js';
import type { FollowRolloutPorts } from './follow-rollout.js';
import type { LifecyclePorts } from './ports.js';
import { withLease } from './with-lease.js';

type Ports = FollowRolloutPorts & Pick<LifecyclePorts, 'leases' | 'memory' | 'settings'>;

/** Looks at one environment: tells its agents which commit to run, and notes what their reports say about each application and which merged promotions are live in every cluster. */
export class SettleEnvironment {
  private readonly rollouts: FollowRollout;

  constructor(
    private readonly ports: Ports,
    /** Orders the rollback of what has degraded, where the environment says so. */
    private readonly rollBack: { automatically(promotion: Promotion, reason: string): Promise<void> } & ConstructorParameters<typeof FollowRollout>[1],
  ) {
    this.rollouts = new FollowRollout(ports, rollBack);
  }

  async run(repository: RepositoryId, environment: EnvironmentName): Promise<void> {
    const target: WakeTarget = { kind: 'environment', repository, environment };
    const key = `settle:${repository}:${environment}`;
    const { worker } = this.ports.settings;
    const done = await withLease(this.ports.leases, { key, worker }, () => this.look(repository, environment));
    if (!done) await this.ports.wakes.wakeAt(`busy:${key}`, target, later(this.ports.clock(), 1_000));
  }

  private async look(repository: RepositoryId, environment: EnvironmentName): Promise<void> {
    const state = await this.ports.environments.state(repository, environment);
    if (!state) return;
    await this.assign(state);
    const clusters = (await this.ports.clusters.list({ repository, environment })).filter((cluster) => !cluster.revoked);
    await this.settleReports(state, clusters);
    await this.settle(state, clusters, await this.rollouts.advance({ repository, environment }));
  }

  private async assign(state: EnvironmentState): Promise<void> {
    const { repository, environment, head } = state;
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    const target = pipeline?.environments.find(({ name }) => name === environment);
    const { assigned, message, unreviewed } = await chooseAssigned(this.ports, target, state);
    await this.rollouts.receive(state, target, assigned);
    const reviewed = (state.unreviewed ?? []).length !== unreviewed.length;
    if (assigned === state.assigned && !reviewed && (head === undefined || message === state.message)) return;
    const { message: _before, ...rest } = state;
    const next: EnvironmentState = { ...rest, ...present({ assigned, message }), unreviewed, assignedRevision: state.assignedRevision + (assigned === state.assigned ? 0 : 1) };
    await this.ports.transactions.run(async () => {
      const now = await this.ports.environments.state(repository, environment);
      // The index moved meanwhile: its own wake brings us back with the newer head.
      if (now?.head !== head) return;
      await this.ports.environments.save(next);
      // what leaves the environment waits for a review as well
      if (reviewed) await this.ports.wakes.wake(...lanesOut(state, pipeline, pipeline?.applications.map(({ name }) => ({ application: name })) ?? []));
      await this.ports.events.append({ type: message === undefined ? 'environment.assigned' : 'environment.withheld', repository, environment, message: message ?? `${environment} is to run ${(assigned ?? '').slice(0, 10)}` });
      await this.ports.audit.append(...assignment(state, next));
    });
    this.ports.signals.publish(`assignment:${repository}:${environment}`);
    this.ports.signals.publish('events');
  }

  /**
   * A report is settled as it comes in, against what is known then. What is indexed later (an application that was added, other paths, a commit that was not read yet) is settled here from
   * the reports that are held: an agent that has nothing new to say sends no other.
   */
  private async settleReports({ repository, environment }: EnvironmentState, clusters: readonly Cluster[]): Promise<void> {
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    if (!pipeline) return;
    const place = { repository, environment };
    const news = await newLiveness({ clusters: this.ports.clusters, index: this.ports.environments }, place, { pipeline, clusters });
    for (const { name, report } of clusters) {
      const entries = news.filter(({ cluster }) => cluster === name);
      if (!report || entries.length === 0) continue;
      await this.ports.transactions.run(async () => {
        const saved = await this.ports.clusters.saveLivenessOf(name, report.sequence, entries);
        if (saved) await this.ports.wakes.wake(...lanesOut(place, pipeline, entries));
      });
    }
  }

  /** `inWaves`: what is not in all waves yet is not live, whatever its clusters say. */
  private async settle(state: EnvironmentState, clusters: readonly Cluster[], inWaves: ReadonlySet<PromotionId>): Promise<void> {
    const { repository, environment } = state;
    const rolling = await this.ports.promotions.list({ repository, target: environment, states: ['rolling-out', 'degraded'], limit: 200 });
    const merged = rolling.items.flatMap((promotion) => (promotion.mergedAs === undefined ? [] : [{ ...promotion, mergedAs: promotion.mergedAs }]));
    const tampered = merged.filter((promotion) => membersOf(promotion).some((application) => state.tampered[application] === promotion.mergedAs));
    for (const promotion of tampered) await this.withdraw(promotion);
    await this.settleLive(state, merged.filter((promotion) => !tampered.includes(promotion)), { clusters, inWaves });
  }

  private async withdraw(promotion: Merged): Promise<void> {
    const { repository, application, target, mergedAs } = promotion;
    const message = `the merge ${mergedAs.slice(0, 10)} is not what was composed`;
    await this.record([{ next: transition(promotion, { kind: 'tampered', message }, this.ports.clock()), type: 'promotion.tampered', message }]);
    await this.ports.wakes.wake({ kind: 'lane', repository, application, target });
  }

  private async settleLive({ repository, environment }: EnvironmentState, merged: readonly Merged[], { clusters, inWaves }: { readonly clusters: readonly Cluster[]; readonly inWaves: ReadonlySet<PromotionId> }): Promise<void> {
    if (merged.length === 0) return;
    const running = await this.runningIn(repository, environment, clusters);
    const isHealthy = (promotion: Merged): boolean => isRecordOnly(promotion) || changedMembersOf(promotion).every((application) => isHealthyEverywhere(running.get(application) ?? [], clusters.length));
    const hasFailed = (promotion: Merged): boolean => changedMembersOf(promotion).some((application) => (running.get(application) ?? []).some(({ status }) => status === 'Failed'));
    const settled = merged.filter((promotion) => isHealthy(promotion) || hasFailed(promotion));
    const positions = await this.ports.environments.positions(repository, environment, settled.map(({ mergedAs }) => mergedAs));
    const live = settled.filter((promotion) => !inWaves.has(promotion.id) && isHealthy(promotion) && isLive(promotion, changedMembersOf(promotion).flatMap((application) => running.get(application) ?? []), positions.get(promotion.mergedAs)));
    const now = this.ports.clock();
    await this.record(live.map((promotion) => ({ next: transition(promotion, { kind: 'live' }, now), type: 'promotion.live', message: `${membersOf(promotion).join(', ')} ${membersOf(promotion).length > 1 ? 'are' : 'is'} live in ${environment}` })));
    for (const promotion of settled) {
      // of each application only the newest promotion is to be judged
      const own = changedMembersOf(promotion).filter((application) => merged.find((other) => changedMembersOf(other).includes(application)) === promotion);
      await this.degradeFailed(promotion, own.flatMap((application) => running.get(application) ?? []), positions.get(promotion.mergedAs));
    }
  }

  /** The order to roll back is stored first: it is safe to give twice, and a word about a fault that nothing follows from is not. */
  private async degradeFailed(promotion: Merged, running: readonly Liveness[], position: number | undefined): Promise<void> {
    const failed = running.find(({ status, touched }) => status === 'Failed' && position !== undefined && touched >= position);
    if (!failed || promotion.state !== 'rolling-out' || isRecordOnly(promotion)) return;
    const message = `${failed.application} has Failed in ${failed.cluster}${failed.message === '' ? '' : `: ${failed.message}`}`;
    await this.rollBack.automatically(promotion, message);
    await this.record([{ next: transition(promotion, { kind: 'degraded', message }, this.ports.clock()), type: 'promotion.degraded', message }]);
  }

  private async runningIn(repository: RepositoryId, environment: EnvironmentName, clusters: readonly Cluster[]): Promise<ReadonlyMap<string, readonly Liveness[]>> {
    const known = new Set(clusters.map(({ name }) => name));
    const running = new Map<string, Liveness[]>();
    for (const entry of await this.ports.clusters.liveness(repository, environment)) {
      if (known.has(entry.cluster)) running.set(entry.application, [...(running.get(entry.application) ?? []), entry]);
    }
    return running;
  }

  /** Together: what becomes live by one report is one transaction. */
  private async record(news: readonly { readonly next: Promotion; readonly type: string; readonly message: string }[]): Promise<void> {
    if (news.length === 0) return;
    await this.ports.transactions.run(async () => {
      for (const { next } of news) await this.ports.promotions.update(next);
      await this.ports.events.append(...news.map(({ next: { repository, application, target, id }, type, message }) => ({ type, repository, environment: target, application, promotion: id, message })));
    });
    this.ports.signals.publish('events');
  }
}

type Merged = Promotion & Required<Pick<Promotion, 'mergedAs'>>;

function isRecordOnly({ candidate }: Promotion): boolean {
  return candidate.kind === 'record-only';
}

function isHealthyEverywhere(running: readonly Liveness[], clusters: number): boolean {
  return clusters > 0 && running.length === clusters && running.every((entry) => entry.healthySince !== undefined);
}

function isLive(promotion: Merged, running: readonly Liveness[], position: number | undefined): boolean {
  return position !== undefined && (isRecordOnly(promotion) || running.every((entry) => entry.touched >= position));
}

/** For the audit: what agents are told to run, when that is another commit. */
function assignment(before: EnvironmentState, { repository, environment, assigned, assignedRevision }: EnvironmentState): readonly AuditAct[] {
  if (assigned === before.assigned) return [];
  return [{ action: 'environment.assign', by: 'sluice', place: { repository, environment }, before: { commit: before.assigned ?? null }, after: { commit: assigned ?? null, revision: assignedRevision } }];
}
