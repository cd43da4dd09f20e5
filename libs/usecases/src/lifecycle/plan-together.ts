import { sayTogether } from '@sluice/promotion';
import type { ApplicationName, CommitSha, RepositoryId } from '@sluice/kernel';
import type { EnvironmentState, Mirror } from '../ports/index.js';
import type { ObservePorts } from './lane-scope.js';
import type { PlannedLane } from './plan-chain.js';
import type { PlanItem } from './plan-item.js';
import { takeTogether } from './take-together.js';
import { unionScopes } from './union-scopes.js';
import { findUnion, sayWhy, UnionSearch } from './unions.js';
import type { Union, UnionScope } from './unions.js';

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

/** With which applications one would be promoted as one, and why; undefined: with none. */
export async function planTogether(ports: ObservePorts, planned: Planned): Promise<{ readonly applications: readonly ApplicationName[]; readonly message: string } | undefined> {
  const { pipeline, application } = planned.lane;
  if (pipeline.applications.length < 2) return undefined;
  const union = await (planned.source === undefined ? unionAsItIs(ports, planned) : unionPlanned(ports, planned, planned.source));
  if (!union || union.members.length < 2) return undefined;
  const applications = union.members.map(({ name }) => name);
  return { applications, message: `; it would be merged as one with ${sayTogether(applications.filter((name) => name !== application.name))} (${sayWhy(union)})` };
}

async function unionAsItIs(ports: ObservePorts, { repository, mirror, lane }: Planned): Promise<Union | undefined> {
  const { pipeline, application, target, from } = lane;
  const id = { repository, application: application.name, target: target.name };
  const place = { lane: id, pipeline, application, target, from, mirror };
  const searches = (await unionScopes(ports, place, from)).map((scope) => new UnionSearch(ports, scope));
  const union = await findUnion(searches, application.name);
  if (!union || !target.fromAny) return union;
  const taken = await takeTogether(ports, place, searches, { union });
  return typeof taken === 'object' ? taken.union : undefined;
}

async function unionPlanned(ports: ObservePorts, { repository, mirror, lane, onto, sourceOf }: Planned, source: CommitSha): Promise<Union | undefined> {
  const { pipeline, application, from, target } = lane;
  const states = await ports.environments.states(repository);
  const [sourceState, targetState] = [from, target].map(({ name }) => states.find(({ environment }) => environment === name));
  if (!sourceState || !targetState) return undefined;
  const at = (state: EnvironmentState, head: CommitSha): EnvironmentState & { readonly head: CommitSha } => ({ ...state, head });
  // what an application has at the planned commit is what it would bring
  const known = new Map((await ports.environments.contents(repository, from.name)).map((content) => [content.application, content]));
  const scope: UnionScope = {
    ...{ lane: { repository, application: application.name, target: target.name }, pipeline, from, target, mirror },
    ...{ sourceState: at(sourceState, source), targetState: at(targetState, onto) },
    offered: async (name) => {
      const [content, commit] = [known.get(name), name === application.name ? source : await sourceOf(name)];
      return content && commit !== undefined ? { ...content, commit } : undefined;
    },
    mayLose: () => Promise.resolve(true),
  };
  return findUnion([new UnionSearch(ports, scope)], application.name);
}

/** Only what would be merged is merged together; its digest is the one of all. */
export function withTogether<Outcome extends Pick<PlanItem, 'outcome' | 'message'> & Partial<PlanItem>>(outcome: Outcome, together: Awaited<ReturnType<typeof planTogether>>): Outcome {
  if (!together || outcome.outcome === 'no-content' || outcome.outcome === 'in-sync') return outcome;
  const { digest: _digest, ...rest } = outcome;
  return { ...rest, together: together.applications, message: `${outcome.message}${together.message}` } as Outcome;
}
