import { NotFound } from '@sluice/kernel';
import type { Clock, ClusterName, CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Cluster, Clusters, EnvironmentIndex } from '../ports/index.js';
import { isConnected } from './connected.js';

export interface ClusterView {
  readonly cluster: Cluster;
  readonly connected: boolean;
  readonly assigned?: CommitSha;
}

/** Clusters with what they should run and what they say. */
export class ReadClusters {
  constructor(
    private readonly clusters: Clusters,
    private readonly environments: EnvironmentIndex,
    private readonly clock: Clock,
  ) {}

  async list(filter: { readonly repository?: RepositoryId; readonly environment?: EnvironmentName }): Promise<readonly ClusterView[]> {
    const clusters = await this.clusters.list(filter);
    const assigned = new Map<string, CommitSha>();
    for (const repository of new Set(clusters.map((cluster) => cluster.repository))) {
      for (const state of await this.environments.states(repository)) if (state.assigned) assigned.set(`${repository}/${state.environment}`, state.assigned);
    }
    return clusters.map((cluster) => this.view(cluster, assigned.get(`${cluster.repository}/${cluster.environment}`)));
  }

  /** @throws NotFound */
  async get(name: ClusterName): Promise<ClusterView> {
    const cluster = await this.clusters.get(name);
    if (!cluster) throw new NotFound(`there is no cluster ${name}`);
    const state = await this.environments.state(cluster.repository, cluster.environment);
    return this.view(cluster, state?.assigned);
  }

  private view(cluster: Cluster, assigned: CommitSha | undefined): ClusterView {
    return { cluster, connected: isConnected(cluster, this.clock()), ...(assigned && { assigned }) };
  }
}
