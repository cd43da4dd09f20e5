import type { ObservedPredecessor } from '@sluice/gates';
import { applicationName, present, printableLine } from '@sluice/kernel';
import type { ApplicationName, CommitSha, RepositoryId } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { membersOf } from '@sluice/promotion';
import type { LaneCondition, LaneId, LaneStatus, Promotion } from '@sluice/promotion';
import type { EnvironmentIndex, WakeTarget } from '../ports/index.js';
import { waitsFor } from '../queries/waits-for.js';
import type { LifecyclePorts } from './ports.js';

interface Scope {
  readonly lane: LaneId;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly target: Environment;
  /** All that is judged together. */
  readonly members?: readonly { readonly application: ApplicationName }[];
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
      if (waits === undefined) return { application };
      const circle = await circleThrough(ports, scope, application);
      return { application, waits: printableLine(waits, MAX_REASON), ...present({ circle }) };
    }),
  );
}

/**
 * Whether one that goes first waits for what is judged here. The pipeline has no such circle (`validate` refuses it), but objects that move may bind together applications that come before and after
 * each other. @returns all that is in the circle, this first.
 */
async function circleThrough({ promotions }: Pick<LifecyclePorts, 'promotions'>, { lane, members }: Scope, first: ApplicationName): Promise<ObservedPredecessor['circle']> {
  const own = members?.map(({ application }) => application) ?? [lane.application];
  const seen = new Set<ApplicationName>(own);
  let ways = [{ next: first, circle: [own] }];
  while (ways.length > 0) {
    const further: typeof ways = [];
    for (const { next, circle } of ways.filter((way) => !seen.has(way.next))) {
      const open = await openWith(promotions, lane, next);
      const together = open ? membersOf(open) : [next];
      for (const name of together) seen.add(name);
      const beyond = open ? predecessorsIn(open) : [];
      if (beyond.some((name) => own.includes(name))) return [...circle, [...together]];
      further.push(...beyond.map((name) => ({ next: name, circle: [...circle, [...together]] })));
    }
    ways = further;
  }
  return undefined;
}

/** What an application has open, by itself or with others. */
async function openWith(promotions: LifecyclePorts['promotions'], lane: LaneId, application: ApplicationName): Promise<Promotion | undefined> {
  const other = { ...lane, application };
  const own = await promotions.current(other);
  if (own) return own;
  const leader = (await promotions.lane(other))?.goesWith;
  const leading = leader && (await promotions.current({ ...lane, application: leader }));
  return leading && membersOf(leading).includes(application) ? leading : undefined;
}

/** Those for which it waits to go first, as it was judged last. */
function predecessorsIn({ verdicts }: Promotion): readonly ApplicationName[] {
  const waiting = verdicts.filter(({ type, outcome }) => type === 'after' && outcome === 'wait');
  return waiting.flatMap(({ evidence }) => Object.entries(evidence).flatMap(([name, state]) => (state === 'open' ? [applicationName(name)] : [])));
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
