import { NotFound } from '@sluice/kernel';
import type { Clock, ClusterName, CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import { waveOf } from '@sluice/gates';
import type { Pipeline } from '@sluice/pipeline';
import { assignedCommit } from '../fleet/read-assignment.js';
import type { Cluster, Clusters, EnvironmentIndex, EnvironmentState, Repositories, Rollouts, StoredRollout } from '../ports/index.js';
import { isConnected } from './connected.js';

export interface ClusterView {
  readonly cluster: Cluster;
  readonly connected: boolean;
  readonly assigned?: CommitSha;
  /** Where its environment has waves: in which it is, from 1. */
  readonly wave?: { readonly number?: number; readonly of: number };
}

interface Ports {
  readonly clusters: Clusters;
  readonly environments: EnvironmentIndex;
  readonly rollouts: Rollouts;
  readonly repositories: Repositories;
}

interface RepositoryFacts {
  readonly pipeline: Pipeline | undefined;
  readonly states: readonly EnvironmentState[];
  readonly rollouts: readonly StoredRollout[];
}

/** Clusters with what they should run and what they say. */
export class ReadClusters {
  constructor(
    private readonly ports: Ports,
    private readonly clock: Clock,
  ) {}

  async list(filter: { readonly repository?: RepositoryId; readonly environment?: EnvironmentName }): Promise<readonly ClusterView[]> {
    const clusters = await this.ports.clusters.list(filter);
    const facts = new Map<RepositoryId, RepositoryFacts>();
    for (const repository of new Set(clusters.map((cluster) => cluster.repository))) facts.set(repository, await this.factsOf(repository));
    return clusters.map((cluster) => this.view(cluster, facts.get(cluster.repository)));
  }

  /** @throws NotFound */
  async get(name: ClusterName): Promise<ClusterView> {
    const cluster = await this.ports.clusters.get(name);
    if (!cluster) throw new NotFound(`there is no cluster ${name}`);
    return this.view(cluster, await this.factsOf(cluster.repository));
  }

  private async factsOf(repository: RepositoryId): Promise<RepositoryFacts> {
    const states = await this.ports.environments.states(repository);
    const [rollouts, record] = await Promise.all([this.ports.rollouts.active(repository), this.ports.repositories.pipeline(repository)]);
    return { pipeline: record?.pipeline, states, rollouts };
  }

  private view(cluster: Cluster, facts: RepositoryFacts | undefined): ClusterView {
    const isHere = ({ environment }: { readonly environment: EnvironmentName }): boolean => environment === cluster.environment;
    const rollout = facts?.rollouts.find(isHere);
    const assigned = assignedCommit(cluster, facts?.states.find(isHere), rollout);
    const waves = rollout?.waves ?? facts?.pipeline?.environments.find(({ name }) => name === cluster.environment)?.waves;
    return { cluster, connected: isConnected(cluster, this.clock()), ...(assigned && { assigned }), ...(waves && { wave: placeIn(waves, cluster) }) };
  }
}

function placeIn(waves: StoredRollout['waves'], { labels }: Cluster): NonNullable<ClusterView['wave']> {
  const index = waveOf({ waves }, labels);
  return { of: waves.length, ...(index < waves.length && { number: index + 1 }) };
}
