import { later, present } from '@sluice/kernel';
import type { EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import { transition } from '@sluice/promotion';
import type { Cluster, EnvironmentState, Liveness, WakeTarget } from '../ports/index.js';
import { lanesOut, newLiveness } from '../fleet/new-liveness.js';
import { chooseAssigned } from './choose-assigned.js';
import type { LifecyclePorts } from './ports.js';
import { withLease } from './with-lease.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'transactions' | 'leases' | 'repositories' | 'environments' | 'promotions' | 'clusters' | 'events' | 'signals' | 'wakes' | 'memory' | 'settings'>;

/** Looks at one environment: tells its agents which commit to run, and notes what their reports say about each application and which merged promotions are live in every cluster. */
export class SettleEnvironment {
  constructor(private readonly ports: Ports) {}

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
    await this.settle(state, clusters);
  }

  private async assign(state: EnvironmentState): Promise<void> {
    const { repository, environment, head } = state;
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    const choice = await chooseAssigned(this.ports, pipeline?.environments.find(({ name }) => name === environment), state);
    const { assigned, message, unreviewed } = choice;
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

  private async settle(state: EnvironmentState, clusters: readonly Cluster[]): Promise<void> {
    const { repository, environment } = state;
    const rolling = await this.ports.promotions.list({ repository, target: environment, states: ['rolling-out'], limit: 200 });
    if (rolling.items.length === 0) return;
    const liveness = await this.ports.clusters.liveness(repository, environment);
    for (const promotion of rolling.items) {
      const live = liveness.filter((entry) => entry.application === promotion.application && clusters.some((cluster) => cluster.name === entry.cluster));
      await this.settlePromotion(state, promotion, { live, clusters: clusters.length });
    }
  }

  private async settlePromotion(state: EnvironmentState, promotion: Promotion, seen: { readonly live: readonly Liveness[]; readonly clusters: number }): Promise<void> {
    const now = this.ports.clock();
    const { repository, application, target } = promotion;
    if (promotion.mergedAs !== undefined && state.tampered[application] === promotion.mergedAs) {
      const message = `the merge ${promotion.mergedAs.slice(0, 10)} is not what was composed`;
      await this.record(transition(promotion, { kind: 'tampered', message }, now), 'promotion.tampered', message);
      return this.ports.wakes.wake({ kind: 'lane', repository, application, target });
    }
    const recordOnly = promotion.candidate.kind === 'record-only';
    if (promotion.mergedAs === undefined || !(recordOnly || isHealthyEverywhere(seen))) return;
    const position = await this.ports.environments.position(repository, target, promotion.mergedAs);
    if (position === undefined || !(recordOnly || seen.live.every((entry) => entry.touched >= position))) return;
    await this.record(transition(promotion, { kind: 'live' }, now), 'promotion.live', `${application} is live in ${target}`);
  }

  private async record(next: Promotion, type: string, message: string): Promise<void> {
    const { repository, application, target, id } = next;
    await this.ports.transactions.run(async () => {
      await this.ports.promotions.update(next);
      await this.ports.events.append({ type, repository, environment: target, application, promotion: id, message });
    });
    this.ports.signals.publish('events');
  }
}

function isHealthyEverywhere(seen: { readonly live: readonly Liveness[]; readonly clusters: number }): boolean {
  return seen.clusters > 0 && seen.live.length === seen.clusters && seen.live.every((entry) => entry.healthySince !== undefined);
}
