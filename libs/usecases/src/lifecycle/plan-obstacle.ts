import { present } from '@sluice/kernel';
import type { ApplicationName, CommitSha } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { Hold, LaneId, LaneStatus } from '@sluice/promotion';
import type { EnvironmentState, Mirror } from '../ports/index.js';
import { heldIn } from './find-base.js';
import type { ObservePorts } from './lane-scope.js';
import { observeHold } from './observe-hold.js';
import type { PlanItem } from './plan-item.js';
import { unreviewedMessage, unreviewedOf } from './unreviewed.js';

interface ObstacleScope {
  readonly lane: LaneId;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly from: Environment;
  readonly target: Environment;
  readonly mirror: Mirror;
  readonly status?: LaneStatus;
  /** The applications that it would be promoted with, and the newest of what is planned: only a hold has to know them. */
  readonly together: { readonly applications: () => Promise<readonly ApplicationName[]>; readonly newest: CommitSha };
}

/** What keeps a lane from looking at content at all; or a hold that this content ends. */
export type Obstacle = { readonly kind: 'stuck'; readonly outcome: PlanItem['outcome']; readonly message: string } | { readonly kind: 'none'; readonly ended?: Hold };

/** The same as a lane finds before it composes, for the content of a plan. */
export async function planObstacle(ports: ObservePorts, scope: ObstacleScope, source: CommitSha): Promise<Obstacle> {
  const { lane, from, target, status } = scope;
  if (status?.rollback) return { kind: 'stuck', outcome: 'waiting', message: `${target.name} is being rolled back to ${status.rollback.to}: that goes first` };
  const states = await ports.environments.states(lane.repository);
  const [sourceState, targetState] = [from.name, target.name].map((name) => states.find(({ environment }) => environment === name));
  const unreviewed = sourceState ? (await unreviewedOf(ports, from, sourceState)).filter(({ applications }) => applications.includes(lane.application)) : [];
  if (unreviewed.length > 0) return { kind: 'stuck', outcome: 'waiting', message: `${from.name} has commits that are ${unreviewedMessage(from.name, unreviewed)}` };
  return targetState ? heldObstacle(ports, scope, source, targetState) : { kind: 'none' };
}

async function heldObstacle(ports: ObservePorts, scope: ObstacleScope, source: CommitSha, targetState: EnvironmentState): Promise<Obstacle> {
  const { lane, target } = scope;
  const held = targetState.held[lane.application];
  if (!held) return { kind: 'none' };
  const heldThere = target.from.length > 1 ? await heldIn(ports.environments, scope, held) : undefined;
  const names = await scope.together.applications();
  const together = { members: scope.pipeline.applications.filter(({ name }) => names.includes(name)), newest: scope.together.newest };
  const hold = await observeHold(ports, scope, { source, targetState, together, ...present({ heldThere }) });
  return hold?.kind === 'held' ? { kind: 'stuck', outcome: 'held', message: hold.message } : { kind: 'none', ...present({ ended: hold?.hold }) };
}
