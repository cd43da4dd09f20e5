import { Conflict, Unauthenticated } from '@sluice/kernel';
import type { CommitSha, Labels } from '@sluice/kernel';
import type { AuditLog, Cluster, Clusters, EnvironmentIndex, EventLog, Repositories, Rollouts, Signals, Transactions } from '../ports/index.js';
import { hashSecret } from '../people/secret.js';
import { clusterTopic } from './read-assignment.js';

/** What an agent shows to enrol. */
export interface Enrolment {
  readonly joinToken: string;
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string;
  readonly agentVersion: string;
  /** What the agent says of itself: labels that the cluster has, or that its token gives it, count more. */
  readonly labels?: Labels;
}

interface Ports {
  readonly clusters: Clusters;
  readonly repositories: Repositories;
  readonly environments: EnvironmentIndex;
  readonly rollouts: Rollouts;
  readonly transactions: Transactions;
  readonly events: EventLog;
  readonly audit: AuditLog;
  readonly signals: Signals;
}

/** Spends a join token for an agent's key. The branch's head at this moment (while something rolls out there: what all clusters ran before) becomes the floor: nothing older is ever applied. */
export class EnrolCluster {
  constructor(private readonly ports: Ports) {}

  /** @throws Unauthenticated for an unknown or expired token; Conflict when another key has spent it. */
  async run(enrolment: Enrolment): Promise<Cluster> {
    const secretHash = hashSecret(enrolment.joinToken);
    const heads = await this.headsByEnvironment();
    const cluster = await this.ports.transactions.run(() => this.enrol(enrolment, secretHash, heads));
    // what was opened with an older key is to end now
    this.ports.signals.publish(clusterTopic(cluster.name));
    return cluster;
  }

  private async enrol(enrolment: Enrolment, secretHash: string, heads: ReadonlyMap<string, CommitSha>): Promise<Cluster> {
    const outcome = await this.ports.clusters.enrol(secretHash, enrolment.publicKey, (token, before) => {
      const floor = heads.get(`${token.repository}/${token.environment}`);
      return { name: token.cluster, repository: token.repository, environment: token.environment, agentVersion: enrolment.agentVersion, labels: { ...enrolment.labels, ...before?.labels, ...token.labels }, ...(floor && { floor }) };
    });
    if (typeof outcome === 'string') throw refusal(outcome);
    await this.ports.events.append({ type: 'cluster.enrolled', repository: outcome.repository, environment: outcome.environment, cluster: outcome.name, message: `${outcome.name} enrolled for ${outcome.environment}` });
    const { name, repository, environment, labels, floor } = outcome;
    await this.ports.audit.append({ action: 'cluster.enrol', by: { kind: 'agent', name }, door: 'agent', place: { repository, environment, cluster: name }, after: { publicKey: enrolment.publicKey, agentVersion: enrolment.agentVersion, labels: { ...labels }, floor: floor ?? null } });
    return outcome;
  }

  // the token says which environment only when it is spent, and nothing may be asked in between
  private async headsByEnvironment(): Promise<ReadonlyMap<string, CommitSha>> {
    const heads = new Map<string, CommitSha>();
    for (const { id } of await this.ports.repositories.list()) {
      for (const state of await this.ports.environments.states(id)) if (state.head) heads.set(`${id}/${state.environment}`, state.head);
      for (const { environment, base } of await this.ports.rollouts.active(id)) if (base) heads.set(`${id}/${environment}`, base);
    }
    return heads;
  }
}

function refusal(outcome: 'unknown' | 'expired' | 'used'): Error {
  switch (outcome) {
    case 'unknown':
      return new Unauthenticated('this join token is unknown: make one with `sluice clusters token` and start the agent with it');
    case 'expired':
      return new Unauthenticated('this join token has expired: make another with `sluice clusters token`');
    case 'used':
      return new Conflict('this join token was spent by another agent: make another with `sluice clusters token`');
  }
}
