import type { DriftDiff } from '@sluice/sync-plan';
import type { Cluster, ClusterReport, Clusters, DriftStore, EnvironmentIndex, EventLog, Repositories, Transactions, Wakes } from '../ports/index.js';
import { lanesOut, newLiveness } from './new-liveness.js';

/** A report as it comes in; the server adds when. */
export type IncomingReport = Omit<ClusterReport, 'receivedAt' | 'drift'> & { readonly drift: readonly IncomingDrift[] };

/** Agents of a version that does not know diffs, and targets that cannot tell, send none. */
export type IncomingDrift = ClusterReport['drift'][number] & { readonly diff?: DriftDiff | undefined };

/** What the server holds after a report: the agent compares. */
export interface ReportReceipt {
  readonly applied: boolean;
  readonly sequence: number;
  readonly digest: string;
}

/** Stores what an agent reports, settles what that means for each application, and wakes only what can move by it. */
export class AcceptReport {
  constructor(
    private readonly ports: {
      readonly clusters: Clusters;
      readonly drift: DriftStore;
      readonly repositories: Repositories;
      readonly index: EnvironmentIndex;
      readonly wakes: Wakes;
      readonly events: EventLog;
      readonly transactions: Transactions;
    },
  ) {}

  async run(cluster: Cluster, incoming: IncomingReport, agentVersion: string): Promise<ReportReceipt> {
    await this.ports.clusters.seen(cluster.name, agentVersion);
    const report = { ...incoming, drift: incoming.drift.map(({ diff: _, ...entry }) => entry) };
    const places = incoming.drift.flatMap(({ path, object, diff }) => (diff ? [{ path, ...(object !== undefined && { object }), diff }] : []));
    return this.ports.transactions.run(async () => {
      const applied = await this.ports.clusters.report(cluster.name, report);
      if (applied) await this.ports.drift.save({ cluster: cluster.name, sequence: report.sequence, places });
      const held = (await this.ports.clusters.get(cluster.name))?.report;
      if (applied && held) await this.settle(cluster, held);
      return { applied, sequence: held?.sequence ?? 0, digest: held?.digest ?? '' };
    });
  }

  private async settle(cluster: Cluster, report: ClusterReport): Promise<void> {
    await this.tell(cluster, report);
    const pipeline = (await this.ports.repositories.pipeline(cluster.repository))?.pipeline;
    const changed = pipeline ? await newLiveness(this.ports, cluster, { pipeline, clusters: [{ ...cluster, report }] }) : [];
    if (changed.length > 0) await this.ports.clusters.saveLiveness(changed);
    await this.ports.wakes.wake({ kind: 'environment', repository: cluster.repository, environment: cluster.environment }, ...lanesOut(cluster, pipeline, changed));
  }

  private async tell(cluster: Cluster, report: ClusterReport): Promise<void> {
    const before = cluster.report;
    if (before?.phase === report.phase && before.commit === report.commit && before.health === report.health && before.drift.length === report.drift.length) return;
    const { repository, environment, name } = cluster;
    const at = report.commit ? ` at ${report.commit.slice(0, 10)}` : '';
    await this.ports.events.append({ type: 'cluster.reported', repository, environment, cluster: name, message: `${name} is ${report.phase}${at}, ${report.health}` });
  }
}
