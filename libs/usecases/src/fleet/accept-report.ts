import { sameLiveness, settleLiveness } from '@sluice/gates';
import type { ApplicationName } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Application, Pipeline } from '@sluice/pipeline';
import type { Cluster, ClusterReport, Clusters, EnvironmentIndex, EventLog, Liveness, Repositories, Transactions, WakeTarget, Wakes } from '../ports/index.js';

/** A report as it comes in; the server adds when. */
export type IncomingReport = Omit<ClusterReport, 'receivedAt'>;

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
      readonly repositories: Repositories;
      readonly index: EnvironmentIndex;
      readonly wakes: Wakes;
      readonly events: EventLog;
      readonly transactions: Transactions;
    },
  ) {}

  async run(cluster: Cluster, report: IncomingReport, agentVersion: string): Promise<ReportReceipt> {
    await this.ports.clusters.seen(cluster.name, agentVersion);
    return this.ports.transactions.run(async () => {
      const applied = await this.ports.clusters.report(cluster.name, report);
      const held = (await this.ports.clusters.get(cluster.name))?.report;
      if (applied && held) await this.settle(cluster, held);
      return { applied, sequence: held?.sequence ?? 0, digest: held?.digest ?? '' };
    });
  }

  private async settle(cluster: Cluster, report: ClusterReport): Promise<void> {
    await this.tell(cluster, report);
    const pipeline = (await this.ports.repositories.pipeline(cluster.repository))?.pipeline;
    const changed = pipeline ? await this.changedLiveness(cluster, report, pipeline) : [];
    if (changed.length > 0) await this.ports.clusters.saveLiveness(changed);
    const applications = changed.map(({ application }) => application);
    await this.ports.wakes.wake({ kind: 'environment', repository: cluster.repository, environment: cluster.environment }, ...lanesOut(cluster, pipeline, applications));
  }

  private async changedLiveness(cluster: Cluster, report: ClusterReport, pipeline: Pipeline): Promise<readonly Liveness[]> {
    const { repository, environment } = cluster;
    const position = report.commit && (await this.ports.index.position(repository, environment, report.commit));
    // a commit that is no longer on the branch says nothing about content that is
    if (position === undefined) return [];
    const [contents, known] = await Promise.all([this.ports.index.contents(repository, environment, position), this.ports.clusters.liveness(repository, environment)]);
    const before = new Map(known.filter((entry) => entry.cluster === cluster.name).map((entry) => [entry.application, entry]));
    return pipeline.applications.flatMap((application) => {
      const running = contents.find((content) => content.application === application.name);
      const previous = before.get(application.name);
      const settled = running && settleLiveness(previous, { content: running.commit, touched: running.touched, owns: ownedBy(application) }, report, report.receivedAt);
      if (!settled || sameLiveness(previous, settled)) return [];
      return [{ repository, environment, application: application.name, cluster: cluster.name, ...settled }];
    });
  }

  private async tell(cluster: Cluster, report: ClusterReport): Promise<void> {
    const before = cluster.report;
    if (before?.phase === report.phase && before.commit === report.commit && before.health === report.health && before.drift.length === report.drift.length) return;
    const { repository, environment, name } = cluster;
    const at = report.commit ? ` at ${report.commit.slice(0, 10)}` : '';
    await this.ports.events.append({ type: 'cluster.reported', repository, environment, cluster: name, message: `${name} is ${report.phase}${at}, ${report.health}` });
  }
}

function ownedBy(application: Application): (path: string) => boolean {
  const selection = compileSelection({ include: application.paths, exclude: [] });
  return (path) => selection.matches(path);
}

/** The lanes that leave the cluster's environment with one of these applications: their health gates look at it. */
function lanesOut(cluster: Cluster, pipeline: Pipeline | undefined, applications: readonly ApplicationName[]): readonly WakeTarget[] {
  const targets = pipeline?.environments.filter(({ from }) => from.includes(cluster.environment)) ?? [];
  return targets.flatMap(({ name }) => applications.map((application): WakeTarget => ({ kind: 'lane', repository: cluster.repository, application, target: name })));
}
