import { sayTogether } from '@sluice/promotion';
import type { ApplicationName, CommitSha, RepositoryId } from '@sluice/kernel';
import type { Mirror } from '../ports/index.js';
import type { ObservePorts } from './lane-scope.js';
import type { PlannedLane } from './plan-chain.js';
import type { PlanItem } from './plan-item.js';
import { sayWhy, UnionSearch } from './unions.js';

interface Planned {
  readonly repository: RepositoryId;
  readonly mirror: Mirror;
  readonly lane: PlannedLane;
  /** What is planned from. */
  readonly source: CommitSha;
  readonly onto: CommitSha;
}

/** With which applications one would be promoted as one, and why; undefined: with none. */
export async function planTogether(ports: Pick<ObservePorts, 'environments' | 'reader'>, { repository, mirror, lane, source, onto }: Planned): Promise<{ readonly applications: readonly ApplicationName[]; readonly message: string } | undefined> {
  const { pipeline, application, from, target } = lane;
  if (target.from.length !== 1 || pipeline.applications.length < 2) return undefined;
  const states = await ports.environments.states(repository);
  const [sourceState, targetState] = [from, target].map(({ name }) => states.find(({ environment }) => environment === name));
  if (!sourceState || !targetState) return undefined;
  // what an application has at the planned commit is what it would bring
  const known = await ports.environments.contents(repository, from.name);
  const contents = new Map(known.map((content) => [content.application, { ...content, commit: source }]));
  const scope = { lane: { repository, application: application.name, target: target.name }, pipeline, from, target, mirror, contents, sourceState: { ...sourceState, head: source }, targetState: { ...targetState, head: onto } };
  const union = await new UnionSearch(ports, scope).of(application.name);
  if (!union) return undefined;
  const applications = union.members.map(({ name }) => name);
  return { applications, message: `; it would be merged as one with ${sayTogether(applications.filter((name) => name !== application.name))} (${sayWhy(union)})` };
}

/** Only what would be merged is merged together; its digest is the one of all. */
export function withTogether<Outcome extends Pick<PlanItem, 'outcome' | 'message'> & Partial<PlanItem>>(outcome: Outcome, together: Awaited<ReturnType<typeof planTogether>>): Outcome {
  if (!together || outcome.outcome === 'no-content' || outcome.outcome === 'in-sync') return outcome;
  const { digest: _digest, ...rest } = outcome;
  return { ...rest, together: together.applications, message: `${outcome.message}${together.message}` } as Outcome;
}
