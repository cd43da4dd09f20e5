import { InvalidInput, NotFound, formatLabels, labelsProblem } from '@sluice/kernel';
import type { ClusterName, CommitSha, Labels } from '@sluice/kernel';
import type { Cluster, Clusters, EventLog, Person, Signals, Wakes } from '../ports/index.js';
import { clusterTopic } from './read-assignment.js';

/** What an admin does with an enrolled cluster. */
export class ManageCluster {
  constructor(
    private readonly clusters: Clusters,
    private readonly events: EventLog,
    private readonly signals: Signals,
    private readonly wakes: Wakes,
  ) {}

  /** Shuts its agent out at once, open streams included. @throws NotFound */
  async revoke(name: ClusterName, by: Person): Promise<Cluster> {
    const cluster = await this.get(name);
    await this.clusters.revoke(name);
    return this.changed(cluster, 'cluster.revoked', `${by.name} revoked ${name}`, by);
  }

  /** Lets it take a commit that does not descend from what it runs (the branch was force-pushed). @throws NotFound */
  async accept(name: ClusterName, commit: CommitSha, by: Person): Promise<Cluster> {
    const cluster = await this.get(name);
    await this.clusters.accept(name, commit);
    return this.changed(cluster, 'cluster.accepted', `${by.name} accepted ${commit.slice(0, 10)} for ${name}`, by);
  }

  /** Sets labels and takes others away: a rollout that is under way looks at its waves again. @throws NotFound; InvalidInput for what is no label. */
  async label(name: ClusterName, change: { readonly set: Labels; readonly remove: readonly string[] }, by: Person): Promise<Cluster> {
    const cluster = await this.get(name);
    const kept = Object.entries(cluster.labels).filter(([key]) => !change.remove.includes(key));
    const labels = { ...Object.fromEntries(kept), ...change.set };
    const problem = labelsProblem(labels);
    if (problem !== undefined) throw new InvalidInput(problem);
    await this.clusters.label(name, change);
    await this.wakes.wake({ kind: 'environment', repository: cluster.repository, environment: cluster.environment });
    return this.changed(cluster, 'cluster.labelled', `${by.name} labelled ${name}: ${formatLabels(labels) || 'no labels'} (before: ${formatLabels(cluster.labels) || 'none'})`, by);
  }

  private async changed(before: Cluster, type: string, message: string, by: Person): Promise<Cluster> {
    await this.events.append({ type, repository: before.repository, environment: before.environment, cluster: before.name, message, by: by.name });
    this.signals.publish(clusterTopic(before.name));
    return this.get(before.name);
  }

  private async get(name: ClusterName): Promise<Cluster> {
    const cluster = await this.clusters.get(name);
    if (!cluster) throw new NotFound(`there is no cluster ${name}`);
    return cluster;
  }
}
