import { present } from '@sluice/kernel';
import type { ApplicationName, CommitSha, RepositoryId } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Pipeline } from '@sluice/pipeline';
import { sayTogether } from '@sluice/promotion';
import type { LaneCondition } from '@sluice/promotion';
import type { Mirror } from '../ports/index.js';
import type { ObservePorts } from './lane-scope.js';
import { composeTogether } from './observe-union.js';
import type { ComposedTogether } from './observe-union.js';
import type { PlanItem } from './plan-item.js';
import type { PlannedUnion } from './plan-together.js';
import { sayWhy } from './unions.js';

/** What is planned of several applications as one. */
export type UnionPlan = ComposedTogether | { readonly kind: 'stuck'; readonly outcome: PlanItem['outcome']; readonly message: string; readonly conflicts: PlanItem['conflicts'] };

const OUTCOMES: Readonly<Record<LaneCondition, PlanItem['outcome']>> = {
  'in-sync': 'in-sync',
  promoting: 'waiting',
  'no-content': 'no-content',
  waiting: 'waiting',
  conflicted: 'conflict',
  closed: 'closed',
  held: 'held',
  adopt: 'adopt',
  blocked: 'blocked',
};

/** Composes for a plan just what the lane of the first of several applications would, for all of them. */
export async function planUnion(ports: ObservePorts, { repository, mirror, pipeline, target }: { readonly repository: RepositoryId; readonly mirror: Mirror } & Pick<PlannedUnion['facts'], 'pipeline' | 'target'>, { union, facts, from }: PlannedUnion): Promise<UnionPlan> {
  for (const { name } of union.members) {
    const order = (await ports.promotions.lane({ repository, application: name, target: target.name }))?.rollback;
    if (order) return { kind: 'stuck', outcome: 'waiting', message: `${name}: ${target.name} is being rolled back to ${order.to}: that goes first`, conflicts: [] };
  }
  const [leader] = union.members;
  if (!leader) return { kind: 'stuck', outcome: 'no-content', message: 'there is no content of any of them', conflicts: [] };
  const lane = { repository, application: leader.name, target: target.name };
  const status = await ports.promotions.lane(lane);
  const composed = await composeTogether(ports, { lane, pipeline, application: leader, target, from, mirror, ...present({ status }) }, { union, facts });
  return composed.kind === 'composed' ? composed : { kind: 'stuck', outcome: OUTCOMES[composed.condition], message: composed.message, conflicts: composed.conflicts };
}

/** Of what all of them would get, what concerns one. What belongs to none of them by its path is shown with the first. */
export function shareOf<Outcome extends Partial<PlanItem>>(outcome: Outcome, pipeline: Pipeline, { union: { members } }: PlannedUnion, application: ApplicationName): Outcome {
  const compiled = members.map(({ name, paths }) => ({ name, selection: compileSelection({ include: paths, exclude: [] }) }));
  const ownerOf = (path: string): ApplicationName | undefined => compiled.find(({ selection }) => selection.matches(path))?.name ?? members[0]?.name;
  const own = <Item extends { readonly path: string }>(items: readonly Item[] | undefined): readonly Item[] | undefined => items?.filter(({ path }) => ownerOf(path) === application);
  return { ...outcome, ...present({ changes: own(outcome.changes), notes: own(outcome.notes) }) };
}

/** That it goes with others, and why. */
export function withTogether<Outcome extends Pick<PlanItem, 'message'>>(outcome: Outcome, { union }: PlannedUnion, application: ApplicationName): Outcome & Pick<PlanItem, 'together'> {
  const names = union.members.map(({ name }) => name);
  return { ...outcome, together: names, message: `${outcome.message}; it would be merged as one with ${sayTogether(names.filter((name) => name !== application))} (${sayWhy(union)})` };
}

/** The key of what is composed once for all of them. */
export function unionKey({ union }: PlannedUnion, target: string, onto: CommitSha): string {
  return [target, onto, ...union.members.map(({ name }) => name)].join(' ');
}
