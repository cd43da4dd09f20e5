import type { CommitSha } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { describeNodes, nodesAt } from '@sluice/promotion';
import type { HeldNode, Hold, LaneId, LaneStatus } from '@sluice/promotion';
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
  /** Where several applications are promoted as one: all of them, and the newest of their source commits. What was undone may be in another one by now. */
  readonly together?: Together;
}

export interface Together {
  readonly members: readonly Application[];
  readonly newest: CommitSha;
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

/** Every commit of the source counts, also one that a later one has taken back: the source has decided anew. An object that only goes to another application has the values that it had. */
async function isTouched(ports: { readonly reader: UntrustedReader }, scope: HoldScope, hold: Hold, { source, heldThere, together }: HoldFacts): Promise<boolean> {
  const { mirror } = scope;
  const held = heldThere ?? hold.source;
  if (hold.byPersonOnly === true || source === held || !(await isBehind(mirror, held, source))) return false;
  const steps = await stepsSince(scope, { held, source: together?.newest ?? source, members: together?.members ?? [] });
  return isChangedIn(ports, mirror, steps, hold.nodes);
}

async function isChangedIn(ports: { readonly reader: UntrustedReader }, mirror: Mirror, steps: readonly SourceStep[], nodes: readonly HeldNode[]): Promise<boolean> {
  let hasMoved = false;
  for (const { own, all } of steps) {
    const touched = nodesAt(await changedNodes(ports, mirror, hasMoved ? all : own), nodes);
    if (touched.length === 0) continue;
    const onlyMoves = !hasMoved && touched.every(isWholeObject) && nodesAt(await changedNodes(ports, mirror, all), nodes).length === 0;
    if (!onlyMoves) return true;
    hasMoved = true;
  }
  return false;
}

function isWholeObject({ object, field }: HeldNode): boolean {
  return object !== undefined && field === undefined;
}

/** What a commit changed of the application, and of all that it is promoted with. */
interface SourceStep {
  readonly own: readonly PathChange[];
  readonly all: readonly PathChange[];
}

/** Oldest first. */
async function stepsSince({ mirror, pipeline, application, target }: HoldScope, { held, source, members }: { readonly held: CommitSha; readonly source: CommitSha; readonly members: readonly Application[] }): Promise<readonly SourceStep[]> {
  const selections = [application, ...members.filter(({ name }) => name !== application.name)].map((member) => promotedSelection(pipeline, member, target));
  const entries = await mirror.firstParent(source, { until: held, limit: MAX_STEPS });
  if (entries.at(-1)?.parents[0] !== held) {
    const [own = [], ...others] = await Promise.all(selections.map((selection) => mirror.changedPaths(held, source, selection)));
    return [{ own, all: [...own, ...others.flat()] }];
  }
  const [isOwn = () => false, ...areOthers] = selections.map((selection) => compileSelection(selection).matches);
  const steps = entries.map(({ changes }) => ({ own: changes.filter(({ path }) => isOwn(path)), all: changes.filter(({ path }) => isOwn(path) || areOthers.some((matches) => matches(path))) }));
  return steps.filter(({ all }) => all.length > 0).reverse();
}
