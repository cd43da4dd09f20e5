import { messageOf, present } from '@sluice/kernel';
import type { ApplicationName, ClusterName, CommitSha, Digest, EnvironmentName, Instant, PersonName } from '@sluice/kernel';
import { isFrozen } from '@sluice/gates';
import type { Freeze, GateObservations, ObservedCluster, ObservedDecision, ObservedMember, ObservedSource } from '@sluice/gates';
import type { Environment } from '@sluice/pipeline';
import type { Author, LaneId, LaneStatus, Promotion, PromotionKind, SourcePass, Verdict } from '@sluice/promotion';
import type { Approval, CommitStatus, Liveness } from '../ports/index.js';
import { observeTests } from './observe-tests.js';
import type { TestPorts, TestScope } from './observe-tests.js';
import type { LifecyclePorts } from './ports.js';
import { delegatorsIn, standingIn } from '../rights/delegators.js';
import { effectivePipeline } from '../rights/effective-roles.js';
import { observeRollout, rolloutOf } from './rollout-facts.js';
import type { RolloutPorts } from './rollout-facts.js';

export type GatePorts = RolloutPorts & TestPorts & Pick<LifecyclePorts, 'clock' | 'rights' | 'repositories' | 'approvals' | 'freezes' | 'people' | 'clusters' | 'statuses'>;
type Ports = GatePorts;

export interface GateScope extends Omit<TestScope, 'target'> {
  readonly target: Environment;
  readonly from: Environment;
  /** Where all of several sources are asked: the commit that has the candidate's origin in each. */
  readonly sources?: readonly SourceCommit[];
  /** What has passed in one of them before. */
  readonly passed?: readonly SourcePass[];
  /** Where several applications are promoted together: all of them. */
  readonly members?: readonly MemberCommit[];
  readonly status?: LaneStatus;
  readonly current?: Promotion;
}

export interface MemberCommit {
  readonly application: ApplicationName;
  readonly commit: CommitSha;
  /** Where all of several sources are asked: the commit that has its origin in each, and what has passed there before. */
  readonly sources?: readonly SourceCommit[];
  readonly passed?: readonly SourcePass[];
}

export interface SourceCommit {
  readonly environment: EnvironmentName;
  readonly commit: CommitSha;
}

interface Judged {
  /** `kind` absent: it is not a candidate yet. */
  readonly candidate: { readonly source: CommitSha; readonly digest?: Digest; readonly kind?: PromotionKind };
  readonly authors: readonly Author[];
  readonly previous: readonly Verdict[];
}

/** Reads what the target's gates look at; asks only for what its gates need. */
export async function observeGates(ports: Ports, scope: GateScope, judged: Judged): Promise<GateObservations> {
  const { candidate } = judged;
  const needs = (type: string): boolean => scope.target.gates.some((gate) => gate.type === type);
  const requester = scope.current?.candidate.digest === candidate.digest ? scope.current?.requester : scope.status?.requester;
  return {
    sourceEnvironment: scope.from.name,
    sourceCommit: candidate.source,
    ...(needs('check') ? await observeStatuses(ports, scope.lane, candidate.source) : { statuses: [] }),
    clusters: needs('health') ? await observeClusters(ports, scope.lane, scope.from.name) : [],
    ...(await observeTestsOf(ports, scope, candidate)),
    ...(scope.sources ? { sources: await observeSources(ports, scope, scope.sources) } : {}),
    ...(candidate.digest === undefined ? { decisions: [] } : await observeDecisions(ports, scope.lane, candidate.digest, namesOf(scope))),
    authors: judged.authors,
    ...(requester === undefined ? {} : { requester }),
    ...(await observeMembers(ports, scope, candidate)),
    freezes: await observeFreezes(ports, scope.lane, ports.clock(), namesOf(scope)),
    ...(await observeRollouts(ports, scope)),
    ...(await observeOrder(ports, scope.status)),
    previous: judged.previous,
  };
}

/** Of what no gate holds nothing is tried out. */
async function observeTestsOf(ports: Ports, scope: GateScope, { kind, source }: Judged['candidate']): Promise<Pick<GateObservations, 'tests'>> {
  if (scope.members || kind === 'record-only' || kind === 'rollback' || !scope.target.gates.some(({ type }) => type === 'test')) return {};
  return { tests: await observeTests(ports, scope, scope.sources ?? [{ environment: scope.from.name, commit: source }]) };
}

/** What rolls out in the target, and in the source. */
async function observeRollouts(ports: Ports, { lane, from, target }: GateScope): Promise<Pick<GateObservations, 'rollout' | 'sourceRollout'>> {
  const isAsked = target.gates.some(({ type }) => type === 'health');
  return present({ rollout: await observeRollout(ports, lane.repository, lane.target), sourceRollout: isAsked ? await rolloutIn(ports, lane, from.name) : undefined });
}

function namesOf({ lane, members }: GateScope): readonly ApplicationName[] {
  return members?.map(({ application }) => application) ?? [lane.application];
}

/** Each of several applications for itself; asks only for what the gates need. */
async function observeMembers(ports: Ports, { members, ...scope }: GateScope, { kind }: Judged['candidate']): Promise<Pick<GateObservations, 'members'>> {
  if (!members) return {};
  const { from, target, pipeline } = scope;
  const needs = (type: string): boolean => target.gates.some((gate) => gate.type === type);
  const observed = members.map(async ({ application, commit, sources, passed }): Promise<ObservedMember> => {
    const lane = { ...scope.lane, application };
    const own = { ...scope, lane, application: pipeline.applications.find(({ name }) => name === application) ?? scope.application, ...present({ sources, passed }) };
    return {
      application,
      commit,
      statuses: needs('check') ? await observeStatuses(ports, lane, commit) : { statuses: [] },
      clusters: needs('health') ? await observeClusters(ports, lane, from.name) : [],
      ...(needs('health') && present({ sourceRollout: await rolloutIn(ports, lane, from.name) })),
      ...(sources && { sources: await observeSources(ports, own, sources) }),
      ...(await observeTestsOf(ports, own, { kind, source: commit })),
    };
  });
  return { members: await Promise.all(observed) };
}

/** Who ordered the rollback that the lane is about. */
export async function observeOrder(ports: Pick<Ports, 'people'>, status: LaneStatus | undefined): Promise<Pick<GateObservations, 'rollback'>> {
  if (!status?.rollback) return {};
  const { by, reason } = status.rollback;
  const person = by === undefined ? undefined : await ports.people.get(by);
  return { rollback: { reason, groups: person?.groups ?? [], ...present({ person: by, machine: person?.service }), ...(person?.deactivated && { deactivated: true }) } };
}

async function observeStatuses(ports: Ports, lane: LaneId, commit: CommitSha): Promise<{ statuses?: readonly CommitStatus[]; statusesMessage?: string }> {
  try {
    return { statuses: await ports.statuses.list(lane.repository, commit) };
  } catch (error) {
    return { statusesMessage: `the forge could not be asked for statuses: ${messageOf(error)}` };
  }
}

function observeSources(ports: Ports, { lane, passed = [] }: GateScope, sources: readonly SourceCommit[]): Promise<readonly ObservedSource[]> {
  return Promise.all(
    sources.map(async ({ environment, commit }) => {
      const before = passed.filter((pass) => pass.environment === environment && pass.commit === commit);
      return { environment, commit, clusters: await observeClusters(ports, lane, environment), passed: before.map(({ verdict }) => verdict), ...present({ sourceRollout: await rolloutIn(ports, lane, environment) }) };
    }),
  );
}

function rolloutIn(ports: Ports, { repository, application }: LaneId, environment: EnvironmentName): ReturnType<typeof rolloutOf> {
  return rolloutOf(ports, { repository, application, environment });
}

/** How the lane's application does in each cluster of an environment. */
export async function observeClusters(ports: Pick<Ports, 'clusters'>, lane: LaneId, environment: EnvironmentName): Promise<readonly ObservedCluster[]> {
  const clusters = await ports.clusters.list({ repository: lane.repository, environment });
  const liveness = await ports.clusters.liveness(lane.repository, environment, lane.application);
  const ours = new Map<ClusterName, Liveness>(liveness.map((entry) => [entry.cluster, entry]));
  return clusters.filter((cluster) => !cluster.revoked).map((cluster) => observedCluster(cluster.name, ours.get(cluster.name)));
}

function observedCluster(cluster: ClusterName, liveness: Liveness | undefined): ObservedCluster {
  if (!liveness) return { cluster, status: 'Unknown', message: 'no report yet' };
  const { content, status, healthySince, message } = liveness;
  return { cluster, content, status, message, ...(healthySince === undefined ? {} : { healthySince }) };
}

/** Freezes of a lane, for one of these applications, that are or will be in force after a time. */
export async function observeFreezes(ports: Pick<Ports, 'freezes'>, lane: LaneId, at: Instant, applications: readonly ApplicationName[]): Promise<readonly Freeze[]> {
  return (await ports.freezes.unlifted(lane.repository, at)).filter((freeze) => applications.some((application) => isFrozen(freeze, { ...lane, application })));
}

/** Decisions that bind to a digest, of those who are people of ours and take part, with what they and those who have delegated to them may do now. */
export async function observeDecisions(ports: Pick<Ports, 'approvals' | 'people' | 'clock' | 'rights' | 'repositories'>, lane: LaneId, digest: Digest, applications: readonly ApplicationName[]): Promise<Pick<GateObservations, 'decisions' | 'deactivated'>> {
  const approvals = await ports.approvals.of(lane.repository, digest);
  const pipeline = approvals.length === 0 ? undefined : await effectivePipeline(ports, lane.repository);
  if (!pipeline) return { decisions: [] };
  const promoted = { repository: lane.repository, target: lane.target, applications };
  const delegators = await delegatorsIn(ports, pipeline, promoted);
  const decisions: ObservedDecision[] = [];
  const deactivated = new Set<PersonName>();
  for (const approval of approvals) {
    const person = await ports.people.get(approval.person);
    // Somebody who is no longer a person of ours does not count, nor who has become a service account.
    if (!person || person.service) continue;
    // whoever has left keeps nothing open that they had let through; what they had stopped stays stopped
    if (person.deactivated && approval.decision !== 'rejected') deactivated.add(person.name);
    else decisions.push({ ...toDecision(approval), ...standingIn(pipeline, person, promoted), person: person.name, delegators: delegators.get(person.name) ?? [] });
  }
  return { decisions, ...(deactivated.size > 0 && { deactivated: [...deactivated] }) };
}

function toDecision(approval: Approval): Omit<ObservedDecision, 'groups'> {
  const { person, decision, gate, comment, at } = approval;
  return { person, decision, comment, at, ...(gate === undefined ? {} : { gate }) };
}
