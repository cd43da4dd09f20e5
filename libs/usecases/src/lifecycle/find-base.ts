import type { CommitSha, EnvironmentName } from '@sluice/kernel';
import { present } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { Hold, LaneId, Ledger } from '@sluice/promotion';
import type { EnvironmentIndex, EnvironmentState, Mirror, OriginatedContent } from '../ports/index.js';
import { commitOf, firstEnvironments, historyOf } from './origins.js';

interface BaseScope {
  readonly lane: Pick<LaneId, 'repository'>;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly from: Environment;
  readonly target: Environment;
  readonly mirror: Mirror;
}

/** What a candidate is composed against. */
export interface Base {
  /** The target's ledger with the commit that is the base; absent: there is none, the whole difference waits for a person. */
  readonly ledger?: Ledger;
  /** Whose values are none of what is promoted, beside the target's: of every one of several sources, and of one whose branch the base does not lie on (they differ there without having changed). */
  readonly alsoOwnedBy?: readonly Environment[];
  /** The commit on the source's branch after which authors count; absent: all of them. */
  readonly since?: CommitSha;
}

/**
 * The base of the next promotion (B of the design's "Compose"). It must lie on the source commit's own branch, else what is different between two environments would count as a change. The ledger's
 * commit does as long as the content comes from the same environment as before; from another one the commit that has the ledger's origin there is the same content; and where that environment has
 * skipped it, the origin itself is, but for what the environment owns.
 */
export async function findBase(index: Index, scope: BaseScope, ledger: Ledger | undefined, sourceHead: CommitSha): Promise<Base> {
  const base = ledger ? await baseOf(index, scope, ledger, sourceHead) : {};
  const { pipeline, target } = scope;
  return target.from.length > 1 ? { ...base, alsoOwnedBy: pipeline.environments.filter(({ name }) => target.from.includes(name)) } : base;
}

async function baseOf(index: Index, scope: BaseScope, ledger: Ledger, sourceHead: CommitSha): Promise<Base> {
  const elsewhere = ledger.source !== scope.from.name;
  const history = elsewhere ? await historyOf(index, placeOf(scope), scope.from.name) : [];
  const same = commitOf(ledger.origin, history);
  if (same !== undefined) return { ledger: { ...ledger, commit: same }, since: same };
  if (await isBehind(scope.mirror, ledger.commit, sourceHead)) return { ledger, since: ledger.commit };
  return elsewhere ? originAsBase(index, scope, ledger, history) : {};
}

type Index = Pick<EnvironmentIndex, 'history' | 'position'>;

function placeOf({ lane, pipeline, application }: BaseScope): Parameters<typeof historyOf>[1] {
  return { repository: lane.repository, pipeline, application: application.name };
}

/** An origin that is gone from its branch is no base, whatever a mirror still has. */
async function originAsBase(index: Index, { lane, pipeline, from }: BaseScope, ledger: Ledger, history: readonly OriginatedContent[]): Promise<Base> {
  const [first] = firstEnvironments(pipeline, from.name);
  const at = first && (await index.position(lane.repository, first.name, ledger.origin));
  if (at === undefined) return {};
  const before = history.find(({ order }) => order !== undefined && order < at);
  return { ledger: { ...ledger, commit: ledger.origin }, alsoOwnedBy: [from], ...present({ since: before?.commit }) };
}

export async function isBehind(mirror: Mirror, ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
  return (await mirror.has(ancestor)) && mirror.isAncestor(ancestor, descendant);
}

/** What a hold names, in the environment that content is taken from now: where it was promoted from another one, the commit that has the same origin. */
export async function heldIn(index: Index, scope: BaseScope, hold: Hold | undefined): Promise<CommitSha | undefined> {
  if (!hold) return undefined;
  const histories = new Map<EnvironmentName, readonly OriginatedContent[]>();
  for (const name of scope.target.from) histories.set(name, await historyOf(index, placeOf(scope), name));
  const origin = [...histories.values()].flat().find(({ commit }) => commit === hold.source)?.origin;
  return origin && commitOf(origin, histories.get(scope.from.name) ?? []);
}

/** {@link heldIn}, for the lane's own hold; only where there are several sources is the held commit to be looked for. */
export async function heldThereOf(ports: { readonly environments: Index }, scope: BaseScope, { held }: Pick<EnvironmentState, 'held'>): Promise<CommitSha | undefined> {
  return scope.target.from.length > 1 ? heldIn(ports.environments, scope, held[scope.application.name]) : undefined;
}

/** The one that all others are behind; of commits of which none is, the last. */
export async function newestOf(mirror: Mirror, commits: readonly CommitSha[]): Promise<CommitSha> {
  let [newest] = commits as readonly [CommitSha];
  for (const commit of commits) if (await isBehind(mirror, newest, commit)) newest = commit;
  return newest;
}
