import type { ApplicationName, CommitSha, RepositoryId } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { ContentHead, EnvironmentState, Mirror } from '../ports/index.js';
import { isBehind } from './find-base.js';
import type { ObservePorts } from './lane-scope.js';
import type { PlannedLane } from './plan-chain.js';
import { contentSelection } from './selections.js';
import { takeTogether } from './take-together.js';
import { unionScopes } from './union-scopes.js';
import { findUnion, UnionSearch } from './unions.js';
import type { Offered, Union, UnionScope } from './unions.js';

interface Planned {
  readonly repository: RepositoryId;
  readonly mirror: Mirror;
  readonly lane: PlannedLane;
  /** What is planned from; absent: what several sources have as they are. */
  readonly source?: CommitSha;
  readonly onto: CommitSha;
  /** What the plan has of another application in the same source; absent: it comes no further. */
  readonly sourceOf: (application: ApplicationName) => Promise<CommitSha | undefined>;
}

/** Applications that would be promoted as one, and where all of it is found. */
export interface PlannedUnion {
  readonly union: Union;
  readonly facts: UnionScope;
  readonly from: Environment;
}

/** With which applications one would be promoted as one; undefined: with none. */
export async function planTogether(ports: ObservePorts, planned: Planned): Promise<PlannedUnion | undefined> {
  if (planned.lane.pipeline.applications.length < 2) return undefined;
  const found = await (planned.source === undefined ? unionAsItIs(ports, planned) : unionPlanned(ports, planned, planned.source));
  return found && found.union.members.length > 1 ? found : undefined;
}

async function unionAsItIs(ports: ObservePorts, { repository, mirror, lane }: Planned): Promise<PlannedUnion | undefined> {
  const { pipeline, application, target, from } = lane;
  const id = { repository, application: application.name, target: target.name };
  const place = { lane: id, pipeline, application, target, from, mirror };
  const searches = (await unionScopes(ports, place, from)).map((scope) => new UnionSearch(ports, scope));
  const union = await findUnion(searches, application.name);
  const [first] = searches;
  if (!union || !first) return undefined;
  if (!target.fromAny) return { union, facts: first.scope, from: first.scope.from };
  const taken = await takeTogether(ports, place, searches, { union });
  return typeof taken === 'object' ? { union: taken.union, facts: taken.search.scope, from: taken.search.scope.from } : undefined;
}

async function unionPlanned(ports: ObservePorts, { repository, mirror, lane, onto, sourceOf }: Planned, source: CommitSha): Promise<PlannedUnion | undefined> {
  const { pipeline, application, from, target } = lane;
  const states = await ports.environments.states(repository);
  const [sourceState, targetState] = [from, target].map(({ name }) => states.find(({ environment }) => environment === name));
  if (!sourceState || !targetState) return undefined;
  const at = (state: EnvironmentState, head: CommitSha): EnvironmentState & { readonly head: CommitSha } => ({ ...state, head });
  const known = new Map((await ports.environments.contents(repository, from.name)).map((content) => [content.application, content]));
  const facts: UnionScope = {
    ...{ lane: { repository, application: application.name, target: target.name }, pipeline, from, target, mirror },
    ...{ sourceState: at(sourceState, source), targetState: at(targetState, onto) },
    offered: async (name) => {
      const head = name === application.name ? source : await sourceOf(name);
      return head && offeredAt(mirror, pipeline, { name, head, known: known.get(name) });
    },
    mayLose: () => Promise.resolve(true),
  };
  const union = await findUnion([new UnionSearch(ports, facts)], application.name);
  return union && { union, facts, from };
}

interface At {
  readonly name: ApplicationName;
  readonly head: CommitSha;
  /** What the source has of it as it is. */
  readonly known: ContentHead | undefined;
}

/** What an application has at the planned commit is what it would bring; where the source has just that, the commit is the same that its lane takes. */
async function offeredAt(mirror: Mirror, pipeline: Pipeline, { name, head, known }: At): Promise<Offered | undefined> {
  const application = pipeline.applications.find((candidate) => candidate.name === name);
  if (!application) return undefined;
  if (known && (await isContentOf(mirror, { pipeline, application }, { known, head }))) return known;
  const [content] = await mirror.commitsBetween(undefined, head, contentSelection(pipeline, application), 1);
  return content && { commit: content.sha, origin: content.sha };
}

async function isContentOf(mirror: Mirror, { pipeline, application }: { readonly pipeline: Pipeline; readonly application: Application }, { known, head }: { readonly known: ContentHead; readonly head: CommitSha }): Promise<boolean> {
  const selection = contentSelection(pipeline, application);
  return (await isBehind(mirror, known.commit, head)) && (await mirror.contentKey(known.commit, selection)) === (await mirror.contentKey(head, selection));
}
