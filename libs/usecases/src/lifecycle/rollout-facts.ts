import { judgeWaves, observedRollout } from '@sluice/gates';
import type { JudgedWave, ObservedRollout, RolloutCluster, RolloutFacts } from '@sluice/gates';
import { present } from '@sluice/kernel';
import type { ApplicationName, CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import { membersOf } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import type { Cluster, ContentHead, Liveness, StoredRollout } from '../ports/index.js';
import { isConnected } from '../queries/connected.js';
import type { LifecyclePorts } from './ports.js';

export type RolloutPorts = Pick<LifecyclePorts, 'clock' | 'clusters' | 'environments' | 'promotions' | 'repositories' | 'rollouts'>;

/** A rollout with everything that is known of it now. */
export interface RolloutView {
  readonly rollout: StoredRollout;
  readonly facts: RolloutFacts;
  readonly waves: readonly JudgedWave[];
}

/** What rolls out in an environment; undefined when nothing does. */
async function activeRollout(ports: RolloutPorts, repository: RepositoryId, environment: EnvironmentName): Promise<RolloutView | undefined> {
  const rollout = await ports.rollouts.of(repository, environment);
  return rollout && rollout.state !== 'ended' ? viewRollout(ports, rollout) : undefined;
}

/** The verdict `rollout` of everything that would be merged there. */
export async function observeRollout(ports: RolloutPorts, repository: RepositoryId, environment: EnvironmentName): Promise<ObservedRollout | undefined> {
  const view = await activeRollout(ports, repository, environment);
  return view && observedRollout(view.rollout, view.waves);
}

/** The rollout that has content of an application in it which is not in all clusters yet. */
export async function rolloutOf(ports: RolloutPorts, at: { readonly repository: RepositoryId; readonly environment: EnvironmentName; readonly application: ApplicationName }): Promise<ObservedRollout | undefined> {
  const view = await activeRollout(ports, at.repository, at.environment);
  if (!view?.facts.applications.some(({ application }) => application === at.application)) return undefined;
  return observedRollout(view.rollout, view.waves) ?? { id: view.rollout.id, message: `rollout ${view.rollout.id} is about to begin`, clearedBy: 'time', begunAt: view.rollout.startedAt };
}

/** A rollout as it stands now. */
export async function viewRollout(ports: RolloutPorts, rollout: StoredRollout): Promise<RolloutView> {
  const facts = await rolloutFacts(ports, rollout);
  return { rollout, facts, waves: judgeWaves(rollout, facts) };
}

/** Clusters with what runs in them, and what the rollout brings. */
export async function rolloutFacts(ports: RolloutPorts, rollout: StoredRollout): Promise<RolloutFacts> {
  const { repository, environment, head, base } = rollout;
  const [clusters, liveness] = [(await ports.clusters.list({ repository, environment })).filter(({ revoked }) => !revoked), await ports.clusters.liveness(repository, environment)];
  const reported = clusters.flatMap(({ report }) => report?.commit ?? []);
  const positions = await ports.environments.positions(repository, environment, [head, ...(base ? [base] : []), ...reported]);
  const now = ports.clock();
  return {
    clusters: clusters.map((cluster) => clusterFacts(cluster, { now, liveness, positions, head })),
    applications: await broughtApplications(ports, rollout, positions),
    promoted: [...new Set((await promotionsOf(ports, rollout)).flatMap(membersOf))],
    now,
  };
}

/** The promotions of the batch, in the order of their merges. */
export async function promotionsOf(ports: Pick<RolloutPorts, 'promotions'>, { repository, promotions }: StoredRollout): Promise<readonly Promotion[]> {
  return (await Promise.all(promotions.map((id) => ports.promotions.get(repository, id)))).filter((promotion) => promotion !== undefined);
}

interface ClusterInput {
  readonly now: RolloutFacts['now'];
  readonly liveness: readonly Liveness[];
  readonly positions: ReadonlyMap<CommitSha, number>;
  readonly head: CommitSha;
}

function clusterFacts(cluster: Cluster, { now, liveness, positions, head }: ClusterInput): RolloutCluster {
  const { name, labels, report } = cluster;
  const [runs, wanted] = [report?.commit && positions.get(report.commit), positions.get(head)];
  return {
    name,
    labels,
    connected: isConnected(cluster, now),
    hasHead: report?.phase === 'synced' && runs !== undefined && wanted !== undefined && runs >= wanted,
    running: new Map(liveness.filter((entry) => entry.cluster === name).map((entry) => [entry.application, runningOf(entry)])),
  };
}

function runningOf({ content, touched, status, healthySince, message }: Liveness) {
  return { content, touched, status, message, ...present({ healthySince }) };
}

/** What the head changes against what ran before, by the index: everything, where nobody knows what that was. */
async function broughtApplications({ environments, repositories }: RolloutPorts, { repository, environment, head, base }: StoredRollout, positions: ReadonlyMap<CommitSha, number>): Promise<RolloutFacts['applications']> {
  const known = new Set((await repositories.pipeline(repository))?.pipeline?.applications.map(({ name }) => name));
  const [from, to] = [(base && positions.get(base)) ?? 0, positions.get(head)];
  const isBrought = ({ application, touched }: ContentHead): boolean => known.has(application) && touched > from;
  if (to === undefined) return [];
  return (await environments.contents(repository, environment, to)).filter(isBrought).map(({ application, commit, touched }) => ({ application, content: commit, touched }));
}
