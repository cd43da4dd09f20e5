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
  const { repository, environment: name, floor, accepted } = cluster;
  const environment = pipeline?.environments.find((candidate) => candidate.name === name);
  return {
    repository,
    environment: name,
    drift: environment?.drift ?? 'report',
    ...assigned(state, environment?.branch ?? name),
    ...(floor && { floor }),
    ...(accepted && { accepted }),
  };
}

/** Before the branch was looked at nothing is assigned, and its name is the pipeline's or, before that was read, what a branch is called most often: the environment's. */
function assigned(state: EnvironmentState | undefined, branch: string): Pick<ClusterAssignment, 'revision' | 'branch' | 'commit'> {
  if (!state) return { revision: 0, branch };
  return { revision: state.assignedRevision, branch: state.branch, ...(state.assigned && { commit: state.assigned }) };
}
