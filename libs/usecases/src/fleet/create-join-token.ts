import { Conflict, later, NotFound, present } from '@sluice/kernel';
import type { Clock, ClusterName, EnvironmentName, Instant, Labels, RepositoryId } from '@sluice/kernel';
import type { Clusters, Repositories } from '../ports/index.js';
import { hashSecret, mintSecret } from '../people/secret.js';

export interface NewJoinToken {
  readonly cluster: ClusterName;
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  /** Milliseconds. */
  readonly lifetime: number;
  /** What the cluster gets when its agent enrols, beside the labels that it has. */
  readonly labels?: Labels;
}

/** Makes the secret with which one agent enrols for one cluster, once. Re-enrolling the same cluster for the same environment is a supported case. */
export class CreateJoinToken {
  constructor(
    private readonly clusters: Clusters,
    private readonly repositories: Repositories,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound without such a repository; Conflict when the cluster belongs to another environment. */
  async run(wanted: NewJoinToken): Promise<{ readonly secret: string; readonly expiresAt: Instant }> {
    if (!(await this.repositories.get(wanted.repository))) throw new NotFound(`there is no repository ${wanted.repository}`);
    const known = await this.clusters.get(wanted.cluster);
    if (known && (known.repository !== wanted.repository || known.environment !== wanted.environment)) {
      throw new Conflict(`cluster ${wanted.cluster} runs ${known.environment} of ${known.repository}: choose another name, or revoke it first and name the new one differently`);
    }
    const secret = mintSecret('join');
    const expiresAt = later(this.clock(), wanted.lifetime);
    await this.clusters.addJoinToken(hashSecret(secret), { cluster: wanted.cluster, repository: wanted.repository, environment: wanted.environment, expiresAt, ...present({ labels: wanted.labels }) });
    return { secret, expiresAt };
  }
}
