import type { CommitSha } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { LaneId, LaneStatus, Ledger } from '@sluice/promotion';
import type { EnvironmentState, Mirror } from '../ports/index.js';
import { promotedSelection } from './selections.js';

interface HoldScope {
  readonly lane: LaneId;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly target: Environment;
  readonly mirror: Mirror;
  readonly status?: LaneStatus;
}

interface HoldFacts {
  readonly source: CommitSha;
  readonly targetState: EnvironmentState;
  readonly ledger: Ledger | undefined;
  /** What was held, in the environment that the source commit is from, where that is another one than it was promoted from. */
  readonly heldThere?: CommitSha;
}

/** Why the lane is held for this source commit; undefined when it is not. A held promotion waits until one of its paths changes in the source or a person lifts it. */
export async function holdMessage(scope: HoldScope, facts: HoldFacts): Promise<string | undefined> {
  const hold = facts.targetState.held[scope.lane.application];
  if (!hold || scope.status?.lifted === hold.by) return undefined;
  const held = facts.heldThere ?? hold.source;
  if (hold.byPersonOnly !== true && facts.source !== held && (await touchesHeldPath(scope, held, facts.source, hold.paths))) return undefined;
  const end = hold.byPersonOnly === true ? 'held until somebody promotes again' : 'held until the source changes what it brought, or until somebody promotes it again';
  return `${hold.source.slice(0, 10)} was undone on ${scope.target.name} by ${hold.by.slice(0, 10)}: ${end}`;
}

async function touchesHeldPath(scope: HoldScope, held: CommitSha, source: CommitSha, paths: readonly string[]): Promise<boolean> {
  if (!(await scope.mirror.has(held)) || !(await scope.mirror.isAncestor(held, source))) return false;
  const changed = await scope.mirror.changedPaths(held, source, promotedSelection(scope.pipeline, scope.application, scope.target));
  return changed.some((change) => paths.includes(change.path));
}
