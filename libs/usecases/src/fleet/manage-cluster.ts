import { NotFound } from '@sluice/kernel';
import type { ClusterName, CommitSha } from '@sluice/kernel';
import type { Cluster, Clusters, EventLog, Person, Signals } from '../ports/index.js';
import { clusterTopic } from './read-assignment.js';

/** What an admin does with an enrolled cluster. */
export class ManageCluster {
  constructor(
    private readonly clusters: Clusters,
    private readonly events: EventLog,
    private readonly signals: Signals,
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
