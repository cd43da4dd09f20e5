import type { ObservedPredecessor } from '@sluice/gates';
import { printableLine } from '@sluice/kernel';
import type { ApplicationName, CommitSha, RepositoryId } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { membersOf } from '@sluice/promotion';
import type { LaneCondition, LaneId, LaneStatus } from '@sluice/promotion';
import type { EnvironmentIndex, WakeTarget } from '../ports/index.js';
import { waitsFor } from '../queries/waits-for.js';
import type { LifecyclePorts } from './ports.js';

interface Scope {
  readonly lane: LaneId;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly target: Environment;
}

/** Conditions in which there is a candidate that cannot go on by itself. */
const STUCK: readonly LaneCondition[] = ['conflicted', 'held', 'adopt', 'blocked'];

/** Characters of what another one waits for: it may say itself what a third one waits for, and so on. */
const MAX_REASON = 500;

/** What the applications that go first (`after`) have open in the same target; undefined when none does. */
export async function observePredecessors(ports: Pick<LifecyclePorts, 'promotions' | 'environments'>, scope: Scope): Promise<readonly ObservedPredecessor[] | undefined> {
  const { after = [] } = scope.application;
  if (after.length === 0) return undefined;
  return Promise.all(
    after.map(async (application) => {
      const waits = await waitsOf(ports, scope, application);
      return { application, ...(waits !== undefined && { waits: printableLine(waits, MAX_REASON) }) };
    }),
  );
}

async function waitsOf(ports: Pick<LifecyclePorts, 'promotions' | 'environments'>, { lane, target }: Scope, application: ApplicationName): Promise<string | undefined> {
  const other = { ...lane, application };
  const current = await ports.promotions.current(other);
  if (current) return `its promotion from ${current.from} waits for ${waitsFor(current) ?? 'nothing'}`;
  const status = await ports.promotions.lane(other);
  const together = await waitsTogether(ports, lane, status);
  if (together !== undefined) return together;
  if (status && STUCK.includes(status.condition)) return `it is ${status.condition}: ${status.message}`;
  const newest = await newestContents(ports.environments, lane.repository, target, application);
  return wasSeen(status, newest) ? undefined : 'its newest content has not been looked at yet';
}

/** What it waits for together with others: their promotion, or what keeps the one that composes for all from having any. */
async function waitsTogether({ promotions }: Pick<LifecyclePorts, 'promotions'>, lane: LaneId, status: LaneStatus | undefined): Promise<string | undefined> {
  if (status?.goesWith === undefined || status.goesWith === lane.application) return undefined;
  const other = { ...lane, application: status.goesWith };
  const leading = await promotions.current(other);
  if (leading) return membersOf(leading).includes(status.application) ? `its promotion with ${leading.application} waits for ${waitsFor(leading) ?? 'nothing'}` : undefined;
  const leader = status.condition === 'waiting' ? await promotions.lane(other) : undefined;
  return leader && STUCK.includes(leader.condition) ? `it goes with ${leader.application}, which is ${leader.condition}: ${leader.message}` : undefined;
}

function wasSeen(status: LaneStatus | undefined, newest: readonly CommitSha[]): boolean {
  const seen = status?.seen ?? [];
  return newest.length === seen.length && newest.every((commit, at) => commit === seen[at]);
}

/** What a lane that others come after has seen of its sources and its target: they wait until it has looked at what is there. */
export async function seenContents(ports: { readonly environments: Pick<EnvironmentIndex, 'content'> }, { lane, pipeline, target }: Scope): Promise<readonly CommitSha[] | undefined> {
  if (followersOf(pipeline, lane).length === 0) return undefined;
  return newestContents(ports.environments, lane.repository, target, lane.application);
}

async function newestContents(index: Pick<EnvironmentIndex, 'content'>, repository: RepositoryId, target: Environment, application: ApplicationName): Promise<readonly CommitSha[]> {
  const contents = await Promise.all([...target.from, target.name].map((environment) => index.content(repository, environment, application)));
  return contents.flatMap((content) => (content ? [content.commit] : []));
}

/** The lanes that wait for this one. */
export function followersOf(pipeline: Pipeline | undefined, lane: LaneId): readonly WakeTarget[] {
  const followers = pipeline?.applications.filter(({ after }) => after?.includes(lane.application)) ?? [];
  return followers.map(({ name }): WakeTarget => ({ kind: 'lane', repository: lane.repository, application: name, target: lane.target }));
}
