import type { CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Pipeline } from '@sluice/pipeline';
import type { Cluster, EnvironmentIndex, EnvironmentState, Repositories } from '../ports/index.js';

/** What one cluster is to run. */
export interface ClusterAssignment {
  /** Grows with every change of what is assigned. */
  readonly revision: number;
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly branch: string;
  readonly commit?: CommitSha;
  readonly floor?: CommitSha;
  readonly accepted?: CommitSha;
  readonly drift: 'revert' | 'report';
}

/** The topic on which replicas tell that an environment's assignment changed. */
export function assignmentTopic(at: { readonly repository: RepositoryId; readonly environment: EnvironmentName }): string {
  return `assignment:${at.repository}:${at.environment}`;
}

/** The topic on which replicas tell that something about one cluster changed: it was revoked, or a commit accepted. */
export function clusterTopic(cluster: string): string {
  return `cluster:${cluster}`;
}

/** Reads what a cluster is to run from the environment's state. */
export class ReadAssignment {
  constructor(
    private readonly repositories: Repositories,
    private readonly index: EnvironmentIndex,
  ) {}

  async run(cluster: Cluster): Promise<ClusterAssignment> {
    const [state, record] = await Promise.all([this.index.state(cluster.repository, cluster.environment), this.repositories.pipeline(cluster.repository)]);
    return assignmentOf(cluster, state, record?.pipeline);
  }
}

function assignmentOf(cluster: Cluster, state: EnvironmentState | undefined, pipeline: Pipeline | undefined): ClusterAssignment {
  const environment = pipeline?.environments.find(({ name }) => name === cluster.environment);
  return {
    revision: state?.assignedRevision ?? 0,
    repository: cluster.repository,
    environment: cluster.environment,
    // before the pipeline was read: the environment's name is what a branch is called most often, and nothing is assigned yet
    branch: state?.branch ?? environment?.branch ?? cluster.environment,
    ...(state?.assigned && { commit: state.assigned }),
    ...(cluster.floor && { floor: cluster.floor }),
    ...(cluster.accepted && { accepted: cluster.accepted }),
    drift: environment?.drift ?? 'report',
  };
}
