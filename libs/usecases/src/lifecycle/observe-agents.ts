import type { ObservedTestAgent } from '@sluice/gates';
import type { ApplicationName, ClusterName, CommitSha, EnvironmentName, Instant, RepositoryId } from '@sluice/kernel';
import type { TestDefinition } from '@sluice/pipeline';
import { isConnected } from '../queries/connected.js';
import type { AllowedTest, Cluster, Clusters, Liveness, TestRun, TestRuns } from '../ports/index.js';
import { isAllowed, isLost } from './test-run.js';

/** The agents of an environment, as far as running tests of an application goes. */
export interface EnvironmentAgents {
  readonly clusters: readonly Cluster[];
  readonly allowed: ReadonlyMap<ClusterName, readonly AllowedTest[]>;
  readonly liveness: readonly Liveness[];
  /** Ordered or running there. */
  readonly open: readonly TestRun[];
  readonly now: Instant;
}

interface Ports {
  readonly clusters: Pick<Clusters, 'list' | 'liveness'>;
  readonly testRuns: Pick<TestRuns, 'allowed'>;
}

interface Place {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  /** Absent: any. */
  readonly application?: ApplicationName;
}

export async function readAgents(ports: Ports, { repository, environment, application }: Place, seen: Pick<EnvironmentAgents, 'open' | 'now'>): Promise<EnvironmentAgents> {
  const clusters = (await ports.clusters.list({ repository, environment })).filter(({ revoked }) => !revoked);
  const [allowed, liveness] = [await ports.testRuns.allowed(clusters.map(({ name }) => name)), await ports.clusters.liveness(repository, environment, application)];
  return { ...seen, clusters, allowed, liveness };
}

/** What each agent can do about a test on this content. */
export function agentsFor({ clusters, allowed, liveness, open, now }: EnvironmentAgents, wanted: { readonly application: ApplicationName; readonly commit: CommitSha; readonly touched?: number; readonly test: TestDefinition }): readonly ObservedTestAgent[] {
  const { application, test } = wanted;
  return clusters.map((cluster) => {
    const known = allowed.get(cluster.name);
    const there = liveness.find((entry) => entry.cluster === cluster.name && entry.application === application);
    return {
      cluster: cluster.name,
      connected: isConnected(cluster, now),
      consent: known === undefined ? 'unaware' : isAllowed(test, known) ? 'allows' : 'refuses',
      live: isLive(there, wanted),
      busy: open.some((run) => run.state === 'running' && run.cluster === cluster.name && !isLost(run, () => true, now)),
    };
  });
}

/** Whether a cluster runs this content, with what that uses as it is since `touched`, and has been healthy with it. */
export function isLive(entry: Liveness | undefined, { commit, touched = 0 }: { readonly commit: CommitSha; readonly touched?: number }): boolean {
  return entry?.content === commit && entry.touched >= touched && entry.healthySince !== undefined;
}
