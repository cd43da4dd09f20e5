import { Conflict, later, NotFound, present } from '@sluice/kernel';
import type { Clock, ClusterName, EnvironmentName, Instant, Labels, RepositoryId } from '@sluice/kernel';
import type { AuditLog, Clusters, Repositories, Transactions } from '../ports/index.js';
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
  constructor(private readonly ports: { readonly clusters: Clusters; readonly repositories: Repositories; readonly transactions: Transactions; readonly audit: AuditLog; readonly clock: Clock }) {}

  /** @throws NotFound without such a repository; Conflict when the cluster belongs to another environment. */
  async run(wanted: NewJoinToken): Promise<{ readonly secret: string; readonly expiresAt: Instant }> {
    if (!(await this.ports.repositories.get(wanted.repository))) throw new NotFound(`there is no repository ${wanted.repository}`);
    const known = await this.ports.clusters.get(wanted.cluster);
    if (known && (known.repository !== wanted.repository || known.environment !== wanted.environment)) {
      throw new Conflict(`cluster ${wanted.cluster} runs ${known.environment} of ${known.repository}: choose another name, or revoke it first and name the new one differently`);
    }
    const secret = mintSecret('join');
    const expiresAt = later(this.ports.clock(), wanted.lifetime);
    const { cluster, repository, environment, labels } = wanted;
    await this.ports.transactions.run(async () => {
      await this.ports.clusters.addJoinToken(hashSecret(secret), { cluster, repository, environment, expiresAt, ...present({ labels }) });
      await this.ports.audit.append({ action: 'join-token.create', place: { repository, environment, cluster }, after: { expiresAt: new Date(expiresAt).toISOString(), ...(labels && { labels: { ...labels } }) } });
    });
    return { secret, expiresAt };
  }
}
