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

/** Why the lane is held for this source commit; undefined when it is not. A held promotion waits until one of its paths changes in the source or a person lifts it. */
export async function holdMessage(scope: HoldScope, facts: { readonly source: CommitSha; readonly targetState: EnvironmentState; readonly ledger: Ledger | undefined }): Promise<string | undefined> {
  const hold = facts.targetState.held[scope.lane.application];
  if (!hold || scope.status?.lifted === hold.by) return undefined;
  if (facts.source !== hold.source && (await touchesHeldPath(scope, hold.source, facts.source, hold.paths))) return undefined;
  return `${hold.source.slice(0, 10)} was undone on ${scope.target.name} by ${hold.by.slice(0, 10)}: held until the source changes what it brought, or until somebody promotes it again`;
}

async function touchesHeldPath(scope: HoldScope, held: CommitSha, source: CommitSha, paths: readonly string[]): Promise<boolean> {
  if (!(await scope.mirror.has(held)) || !(await scope.mirror.isAncestor(held, source))) return false;
  const changed = await scope.mirror.changedPaths(held, source, promotedSelection(scope.pipeline, scope.application, scope.target));
  return changed.some((change) => paths.includes(change.path));
}
