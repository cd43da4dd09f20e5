import { InvalidInput, NotFound, formatLabels, labelsProblem } from '@sluice/kernel';
import type { ClusterName, CommitSha, Labels } from '@sluice/kernel';
import type { AuditAct, AuditLog, Cluster, Clusters, EventLog, Person, Signals, Transactions, Wakes } from '../ports/index.js';
import { clusterTopic } from './read-assignment.js';

/** A change, as events and the audit tell it. */
interface Told {
  readonly type: string;
  readonly message: string;
  readonly act: Pick<AuditAct, 'action' | 'before' | 'after'>;
}

/** What an admin does with an enrolled cluster. */
export class ManageCluster {
  constructor(private readonly ports: { readonly transactions: Transactions; readonly clusters: Clusters; readonly events: EventLog; readonly audit: AuditLog; readonly signals: Signals; readonly wakes: Wakes }) {}

  /** Shuts its agent out at once, open streams included. @throws NotFound */
  async revoke(name: ClusterName, by: Person): Promise<Cluster> {
    const cluster = await this.get(name);
    return this.changed(cluster, { type: 'cluster.revoked', message: `${by.name} revoked ${name}`, act: { action: 'cluster.revoke', before: { revoked: cluster.revoked }, after: { revoked: true } } }, by, () => this.ports.clusters.revoke(name));
  }

  /** Lets it take a commit that does not descend from what it runs (the branch was force-pushed). @throws NotFound */
  async accept(name: ClusterName, commit: CommitSha, by: Person): Promise<Cluster> {
    const cluster = await this.get(name);
    return this.changed(cluster, { type: 'cluster.accepted', message: `${by.name} accepted ${commit.slice(0, 10)} for ${name}`, act: { action: 'cluster.accept', after: { commit } } }, by, () => this.ports.clusters.accept(name, commit));
  }

  /** Sets labels and takes others away: a rollout that is under way looks at its waves again. @throws NotFound; InvalidInput for what is no label. */
  async label(name: ClusterName, change: { readonly set: Labels; readonly remove: readonly string[] }, by: Person): Promise<Cluster> {
    const cluster = await this.get(name);
    const kept = Object.entries(cluster.labels).filter(([key]) => !change.remove.includes(key));
    const labels = { ...Object.fromEntries(kept), ...change.set };
    const problem = labelsProblem(labels);
    if (problem !== undefined) throw new InvalidInput(problem);
    const message = `${by.name} labelled ${name}: ${formatLabels(labels) || 'no labels'} (before: ${formatLabels(cluster.labels) || 'none'})`;
    return this.changed(cluster, { type: 'cluster.labelled', message, act: { action: 'cluster.label', before: { ...cluster.labels }, after: { ...labels } } }, by, async () => {
      await this.ports.clusters.label(name, change);
      await this.ports.wakes.wake({ kind: 'environment', repository: cluster.repository, environment: cluster.environment });
    });
  }

  private async changed(cluster: Cluster, { type, message, act }: Told, by: Person, change: () => Promise<void>): Promise<Cluster> {
    const { repository, environment, name } = cluster;
    await this.ports.transactions.run(async () => {
      await change();
      await this.ports.events.append({ type, repository, environment, cluster: name, message, by: by.name });
      await this.ports.audit.append({ ...act, by: by.name, place: { repository, environment, cluster: name } });
    });
    this.ports.signals.publish(clusterTopic(name));
    return this.get(name);
  }

  private async get(name: ClusterName): Promise<Cluster> {
    const cluster = await this.ports.clusters.get(name);
    if (!cluster) throw new NotFound(`there is no cluster ${name}`);
    return cluster;
  }
}
