import type { CommitSha } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { describeNodes, nodesAt } from '@sluice/promotion';
import type { Hold, LaneId, LaneStatus } from '@sluice/promotion';
import type { EnvironmentState, Mirror, PathChange, UntrustedReader } from '../ports/index.js';
import { changedNodes } from './diff-steps.js';
import { isBehind } from './find-base.js';
import { promotedSelection } from './selections.js';

interface HoldScope {
  readonly lane: LaneId;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly target: Environment;
  readonly mirror: Mirror;
  readonly status?: LaneStatus;
}

/** A hold on the lane for this source commit: in force, with the reason, or ended: then what was undone comes again. */
export type ObservedHold = { readonly kind: 'held'; readonly hold: Hold; readonly message: string } | { readonly kind: 'ended'; readonly hold: Hold };

/** Commits of the source after the held one that are looked at one by one; with more, only the difference between the two counts. */
const MAX_STEPS = 500;

interface HoldFacts {
  readonly source: CommitSha;
  readonly targetState: EnvironmentState;
  /** The held commit in the environment that content is taken from now, where it was promoted from another one. */
  readonly heldThere?: CommitSha;
}

/** A held promotion waits until a later source commit changes one of its nodes, or a person lifts it. Undefined when nothing was undone. */
export async function observeHold(ports: { readonly reader: UntrustedReader }, scope: HoldScope, facts: HoldFacts): Promise<ObservedHold | undefined> {
  const hold = facts.targetState.held[scope.lane.application];
  if (!hold) return undefined;
  if (scope.status?.lifted === hold.by || (await isTouched(ports, scope, hold, facts))) return { kind: 'ended', hold };
  return { kind: 'held', hold, message: holdMessage(hold, scope.target) };
}

function holdMessage({ source, by, undoneBy, nodes, byPersonOnly }: Hold, target: Environment): string {
  const where = nodes.length === 0 ? '' : ` (${describeNodes(nodes)})`;
  return `${source.slice(0, 10)} was undone on ${target.name} by ${undoneBy || 'somebody'} in ${by.slice(0, 10)}${where}: ${byPersonOnly === true ? 'held until somebody promotes again' : 'held until the source changes what was undone, or until somebody promotes it again'}`;
}

/** Every commit of the source counts, also one that a later one has taken back: the source has decided anew. */
async function isTouched(ports: { readonly reader: UntrustedReader }, scope: HoldScope, hold: Hold, { source, heldThere }: HoldFacts): Promise<boolean> {
  const { mirror } = scope;
  const held = heldThere ?? hold.source;
  if (hold.byPersonOnly === true || source === held || !(await isBehind(mirror, held, source))) return false;
  for (const changes of await stepsSince(scope, held, source)) {
    if (nodesAt(await changedNodes(ports, mirror, changes), hold.nodes).length > 0) return true;
  }
  return false;
}

async function stepsSince({ mirror, pipeline, application, target }: HoldScope, held: CommitSha, source: CommitSha): Promise<readonly (readonly PathChange[])[]> {
  const selection = promotedSelection(pipeline, application, target);
  const entries = await mirror.firstParent(source, { until: held, limit: MAX_STEPS });
  if (entries.at(-1)?.parents[0] !== held) return [await mirror.changedPaths(held, source, selection)];
  const { matches } = compileSelection(selection);
  return entries.map(({ changes }) => changes.filter(({ path }) => matches(path))).filter((changes) => changes.length > 0);
}
