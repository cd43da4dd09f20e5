import { assignedTo } from '@sluice/gates';
import { present } from '@sluice/kernel';
import type { CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { DriftIgnore, Pipeline } from '@sluice/pipeline';
import type { Cluster, EnvironmentIndex, EnvironmentState, Repositories, Rollouts, StoredRollout } from '../ports/index.js';

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
  readonly driftIgnore?: readonly DriftIgnore[];
  readonly healthRules?: Pipeline['health'];
}

/** The topic on which replicas tell that an environment's assignment changed. */
export function assignmentTopic(at: { readonly repository: RepositoryId; readonly environment: EnvironmentName }): string {
  return `assignment:${at.repository}:${at.environment}`;
}

/** The topic on which replicas tell that something about one cluster changed: it was revoked, or a commit accepted. */
export function clusterTopic(cluster: string): string {
  return `cluster:${cluster}`;
}

/** Reads what a cluster is to run from the environment's state and what rolls out there. */
export class ReadAssignment {
  constructor(
    private readonly repositories: Repositories,
    private readonly index: EnvironmentIndex,
    private readonly rollouts: Rollouts,
  ) {}

  async run(cluster: Cluster): Promise<ClusterAssignment> {
    const { repository, environment } = cluster;
    // the state first: a rollout is stored before what it rolls out becomes the environment's commit
    const state = await this.index.state(repository, environment);
    const [rollout, record] = await Promise.all([this.rollouts.of(repository, environment), this.repositories.pipeline(repository)]);
    return assignmentOf(cluster, { state, rollout }, record?.pipeline);
  }
}

/** Grows with everything that changes what a cluster of the environment is to run. */
export function assignmentRevision(state: EnvironmentState | undefined, rollout: StoredRollout | undefined): number {
  return (state?.assignedRevision ?? 0) + (rollout?.revision ?? 0);
}

/** The commit that a cluster is to run. */
export function assignedCommit({ name }: Pick<Cluster, 'name'>, state: EnvironmentState | undefined, rollout: StoredRollout | undefined): CommitSha | undefined {
  return rollout && rollout.state !== 'ended' ? assignedTo(rollout, name) : state?.assigned;
}

interface Place {
  readonly state: EnvironmentState | undefined;
  readonly rollout: StoredRollout | undefined;
}

function assignmentOf(cluster: Cluster, place: Place, pipeline: Pipeline | undefined): ClusterAssignment {
  const { repository, environment: name, floor, accepted } = cluster;
  const environment = pipeline?.environments.find((candidate) => candidate.name === name);
  return {
    repository,
    environment: name,
    drift: environment?.drift ?? 'report',
    ...assigned(cluster, place, environment?.branch ?? name),
    ...present({ driftIgnore: environment?.driftIgnore, healthRules: pipeline?.health, floor, accepted }),
  };
}

/** Before the branch was looked at nothing is assigned, and its name is the pipeline's or, before that was read, what a branch is called most often: the environment's. */
function assigned(cluster: Cluster, { state, rollout }: Place, branch: string): Pick<ClusterAssignment, 'revision' | 'branch' | 'commit'> {
  if (!state) return { revision: 0, branch };
  const commit = assignedCommit(cluster, state, rollout);
  return { revision: assignmentRevision(state, rollout), branch: state.branch, ...(commit && { commit }) };
}
