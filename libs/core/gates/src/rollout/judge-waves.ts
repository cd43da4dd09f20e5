import { formatLabels, hasLabels, later } from '@sluice/kernel';
import type { ApplicationName, ClusterName, CommitSha, Instant, Labels } from '@sluice/kernel';
import type { ExpectedContent, Rollout, RolloutCluster, RolloutFacts } from './rollout.js';

/** `unreachable` and `waiting` take as long as they take; `soaking` is over at `until`. */
export type ClusterState = 'later' | 'failed' | 'unreachable' | 'waiting' | 'soaking' | 'healthy';

export interface ClusterInWave {
  readonly name: ClusterName;
  readonly labels: Labels;
  /** What it is to run; absent: it keeps what it has. */
  readonly assigned?: CommitSha;
  readonly state: ClusterState;
  readonly message: string;
  readonly until?: Instant;
}

export interface JudgedWave {
  /** Which clusters: `canary=true`, `the rest`, `in no wave`. */
  readonly name: string;
  readonly soak: number;
  /** `done`: something newer than this one goes on; `empty`: no cluster is in it. */
  readonly state: 'done' | 'current' | 'later' | 'empty';
  readonly outcome: 'pass' | 'wait' | 'fail';
  readonly message: string;
  /** When nothing but time is missing. */
  readonly until?: Instant;
  readonly clusters: readonly ClusterInWave[];
}

/** A fault of the batch in a cluster that has it. */
export interface Fault {
  readonly key: string;
  readonly cluster: ClusterName;
  readonly application: ApplicationName;
  readonly message: string;
  /** It was healthy there before. */
  readonly isNew: boolean;
}

/** Which wave a cluster is in, from 0: the first that selects it; as many as there are waves: none does. */
export function waveOf({ waves }: Pick<Rollout, 'waves'>, labels: Labels): number {
  const found = waves.findIndex(({ clusters }) => hasLabels(labels, clusters));
  return found < 0 ? waves.length : found;
}

/** Every wave with its clusters as they are now; clusters that no wave selects come last, when there are any. */
export function judgeWaves(rollout: Rollout, facts: RolloutFacts): readonly JudgedWave[] {
  const groups = [...rollout.waves.keys(), rollout.waves.length].map((index) => facts.clusters.filter(({ labels }) => waveOf(rollout, labels) === index));
  return groups.flatMap((clusters, index) => (index === rollout.waves.length && clusters.length === 0 ? [] : [judgeWave(rollout, facts, index, clusters)]));
}

function judgeWave(rollout: Rollout, facts: RolloutFacts, index: number, members: readonly RolloutCluster[]): JudgedWave {
  const soak = rollout.waves[index]?.soak ?? 0;
  const clusters = members.map((cluster) => judgeCluster(rollout, facts, cluster, soak));
  const name = nameOf(rollout, index);
  if (clusters.length === 0) return { name, soak, state: 'empty', outcome: 'pass', message: 'no cluster is in it', clusters };
  return { name, soak, state: stateOf(rollout, index), ...summary(clusters), clusters };
}

function stateOf({ state, wave }: Rollout, index: number): JudgedWave['state'] {
  if (state === 'ended') return 'done';
  if (state === 'gathering' || index > wave) return 'later';
  return index === wave ? 'current' : 'done';
}

function nameOf({ waves }: Rollout, index: number): string {
  const wave = waves[index];
  if (!wave) return 'in no wave';
  return formatLabels(wave.clusters) || (waves.length === 1 ? 'all' : 'the rest');
}

const ORDER: readonly ClusterState[] = ['failed', 'unreachable', 'waiting', 'later', 'soaking', 'healthy'];

function summary(clusters: readonly ClusterInWave[]): Pick<JudgedWave, 'outcome' | 'message' | 'until'> {
  const [worst] = [...clusters].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const others = clusters.filter(({ state }) => state === worst?.state).length - 1;
  if (!worst || worst.state === 'healthy') return { outcome: 'pass', message: `healthy in ${clusters.length === 1 ? clusters[0]?.name : `${clusters.length} clusters`}` };
  const times = clusters.flatMap(({ until }) => (until === undefined ? [] : [until]));
  const message = `${worst.name}: ${worst.message}${others === 0 ? '' : ` (and ${others} more)`}`;
  return { outcome: worst.state === 'failed' ? 'fail' : 'wait', message, ...(worst.state === 'soaking' ? { until: Math.max(...times) as Instant } : {}) };
}

function judgeCluster(rollout: Rollout, facts: RolloutFacts, cluster: RolloutCluster, soak: number): ClusterInWave {
  const { name, labels } = cluster;
  const assigned = assignedTo(rollout, name);
  const judged = assigned === rollout.head ? judgeRunning(facts, cluster, soak) : { state: 'later' as const, message: 'its turn comes later' };
  return { name, labels, ...(assigned === undefined ? {} : { assigned }), ...judged };
}

/** What a cluster is to run as things are; undefined: it keeps what it has. */
export function assignedTo({ state, head, base, assigned }: Pick<Rollout, 'state' | 'head' | 'base' | 'assigned'>, cluster: ClusterName): CommitSha | undefined {
  return state === 'ended' ? head : (assigned[cluster] ?? base);
}

type Judged = Pick<ClusterInWave, 'state' | 'message' | 'until'>;

/** Health counts on content, by the server's receipt: it stays through InProgress and Unknown, and not through Failed. */
function judgeRunning({ applications, now }: RolloutFacts, cluster: RolloutCluster, soak: number): Judged {
  const failed = applications.find((expected) => statusOf(cluster, expected) === 'Failed');
  if (failed) return { state: 'failed', message: failureIn(cluster, failed.application) };
  if (!cluster.connected) return { state: 'unreachable', message: 'its agent is not connected' };
  const missing = applications.find((expected) => healthySince(cluster, expected) === undefined);
  if (missing) return { state: 'waiting', message: statusMessage(cluster, missing) };
  if (!cluster.hasHead && applications.length === 0) return { state: 'waiting', message: 'does not run it yet' };
  const since = Math.max(0, ...applications.map((expected) => healthySince(cluster, expected) ?? 0)) as Instant;
  const until = later(since, soak);
  return applications.length > 0 && now < until ? { state: 'soaking', message: 'healthy, and soaking', until } : { state: 'healthy', message: 'healthy' };
}

function runsContent(cluster: RolloutCluster, { application, content, touched }: ExpectedContent): boolean {
  const running = cluster.running.get(application);
  return running !== undefined && running.content === content && running.touched >= touched;
}

function statusOf(cluster: RolloutCluster, expected: ExpectedContent): string | undefined {
  return runsContent(cluster, expected) ? cluster.running.get(expected.application)?.status : undefined;
}

function healthySince(cluster: RolloutCluster, expected: ExpectedContent): Instant | undefined {
  return runsContent(cluster, expected) ? cluster.running.get(expected.application)?.healthySince : undefined;
}

function statusMessage(cluster: RolloutCluster, expected: ExpectedContent): string {
  if (!runsContent(cluster, expected)) return `does not run ${expected.application} at ${expected.content.slice(0, 10)} yet`;
  const { status = 'Unknown', message = '' } = cluster.running.get(expected.application) ?? {};
  return `${expected.application} is ${status}${message === '' ? '' : `: ${message}`}`;
}

function failureIn(cluster: RolloutCluster, application: ApplicationName): string {
  const message = cluster.running.get(application)?.message ?? '';
  return `${application} has Failed${message === '' ? '' : `: ${message}`}`;
}

/** Whatever of the batch has Failed where it runs. */
export function faultsOf(rollout: Rollout, { applications, clusters }: RolloutFacts): readonly Fault[] {
  return clusters.flatMap((cluster) =>
    applications
      .filter((expected) => statusOf(cluster, expected) === 'Failed')
      .map(({ application, content }) => ({
        key: `${cluster.name}/${application}/${content}`,
        cluster: cluster.name,
        application,
        message: `${failureIn(cluster, application)} (in ${cluster.name})`,
        isNew: rollout.healthyBefore[cluster.name]?.includes(application) ?? false,
      })),
  );
}
