import { present } from '@sluice/kernel';
import type { ApplicationName, CommitSha } from '@sluice/kernel';
import { isCurrent, membersOf, sayTogether } from '@sluice/promotion';
import type { LaneStatus, Promotion } from '@sluice/promotion';
import type { EnvironmentState, WakeTarget } from '../ports/index.js';
import { isBehind } from './find-base.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import type { Observed, Offer, Outdated } from './lane-view.js';
import type { MovedObjects } from './moved-objects.js';
import { observeUnion } from './observe-union.js';
import { readLedger } from './read-ledger.js';
import { isThere, none } from './source-facts.js';
import { judgeSource, sourceGatesPassed } from './source-gates.js';
import { coversPaths } from './path-bases.js';
import { observeHold } from './observe-hold.js';
import { sayWhy, UnionSearch } from './unions.js';
import type { Union, UnionScope } from './unions.js';

type Alone = (scope: LaneScope) => Promise<Observed>;

/** A lane whose application may have to be promoted together with others: then one of their lanes, the leader's, composes for all, and the others go with it. */
export async function observeTogether(ports: ObservePorts, scope: LaneScope, alone: Alone): Promise<Observed> {
  const found = await unionScope(ports, scope);
  const open = found && (await openTogether(ports, scope));
  if (!found || (!open && (await new UnionSearch(ports, found).isAlone(scope.lane.application)))) return alone(scope);
  const search = new UnionSearch(ports, await withAll(ports, found));
  const union = await search.of(scope.lane.application, open);
  if (!union) return alone(scope);
  const place: Place = { ports, scope, search, found: search.scope, alone };
  const observed = await inUnion(place, union);
  if (!isOutdated(observed)) return observed;
  // what is under way does not keep together any more what has been together in it
  const newest = await search.of(scope.lane.application);
  const again = newest ? await inUnion({ ...place, scope: { ...scope, ...observed } }, newest) : await alone(scope);
  return isOutdated(again) ? alone(scope) : { ...again, companions: [...companionsOf(scope, union), ...(again.companions ?? [])] };
}

function isOutdated(observed: Observed | Outdated): observed is Outdated {
  return 'outdated' in observed;
}

interface Place {
  readonly ports: ObservePorts;
  readonly scope: LaneScope;
  readonly search: UnionSearch;
  readonly found: UnionScope;
  readonly alone: Alone;
}

/** Undefined where nothing is promoted together: a rollback knows for itself what goes back together. */
async function unionScope(ports: ObservePorts, { lane, pipeline, target, from, mirror, status }: LaneScope): Promise<UnionScope | undefined> {
  if (status?.rollback || target.from.length !== 1 || pipeline.applications.length < 2) return undefined;
  const states = await ports.environments.states(lane.repository);
  const [sourceState, targetState] = [from.name, target.name].map((name) => states.find((state) => state.environment === name));
  if (!isRead(sourceState) || !isRead(targetState)) return undefined;
  await mirror.ensure(targetState.head);
  await mirror.ensure(sourceState.head);
  const content = await ports.environments.content(lane.repository, from.name, lane.application);
  const contents = new Map(content ? [[lane.application, content]] : []);
  return { lane, pipeline, target, from, mirror, sourceState, targetState, contents };
}

/** With the newest content of every application: two questions, that most lanes need not ask. */
async function withAll(ports: ObservePorts, scope: UnionScope): Promise<UnionScope> {
  const { lane, from, target } = scope;
  const [contents, inTarget] = [await ports.environments.contents(lane.repository, from.name), await ports.environments.contents(lane.repository, target.name)];
  return { ...scope, contents: new Map(contents.map((content) => [content.application, content])), inTarget: new Set(inTarget.map(({ application }) => application)) };
}

function isRead(state: EnvironmentState | undefined): state is EnvironmentState & { readonly head: CommitSha } {
  return state?.head !== undefined;
}

/** A promotion under way that is about this lane's application and others: in this lane, or in the one that it went with when it was looked at last. */
async function openTogether(ports: ObservePorts, { lane, status, current }: LaneScope): Promise<Promotion | undefined> {
  if (current?.candidate.members) return current;
  const leading = status?.goesWith && (await ports.promotions.current({ ...lane, application: status.goesWith }));
  return leading && membersOf(leading).includes(lane.application) ? leading : undefined;
}

async function inUnion(place: Place, union: Union): Promise<Observed | Outdated> {
  const { ports, scope, alone, found } = place;
  const { lane, current } = scope;
  const [leader] = union.members;
  if (current && !current.candidate.members && (await mayFinish(place, union, current))) return alone({ ...scope, pinned: true });
  if (leader && leader.name !== lane.application) return { offer: await goesWith(place, union, leader.name), goesWith: leader.name, ...present({ source: found.contents.get(lane.application)?.commit }) };
  const companions = companionsOf(scope, union);
  const busy = await openElsewhere(ports, scope, union);
  if (busy) return { offer: none('waiting', `${sayTogether(union.members.map(({ name }) => name), union.set?.name)} go together (${sayWhy(union)}); first ${busy.application} ends what it has open (${busy.id})`), companions };
  const observed = await observeUnion(ports, scope, { union, facts: found });
  return isOutdated(observed) ? observed : { companions, ...observed };
}

/** What another member has under way by itself, or together with others. */
async function openElsewhere(ports: ObservePorts, { lane }: LaneScope, { members }: Union): Promise<Promotion | undefined> {
  for (const { name } of members) {
    const open = name === lane.application ? undefined : await ports.promotions.current({ ...lane, application: name });
    if (open && isCurrent(open)) return open;
  }
  return undefined;
}

/** A request that was open before anything moved goes on by itself while it brings nothing of that, and its content has proved itself in the source. */
async function mayFinish({ ports, scope, search, found }: Place, union: Union, current: Promotion): Promise<boolean> {
  const { lane, target, mirror } = scope;
  if (current.state === 'merging') return true;
  const { source } = current.candidate;
  const newest = found.contents.get(lane.application);
  const isKept = newest !== undefined && source !== newest.commit && sourceGatesPassed(target, current.verdicts) && !isInSet(union, lane.application);
  if (!isKept || !(await isBehind(mirror, source, found.sourceState.head))) return false;
  if (brings(await search.movedBy(lane.application, source), union)) return false;
  return target.onNewSource === 'wait' || !(await judgeSource(ports, scope, newest.commit)).passed;
}

function isInSet({ set }: Union, application: ApplicationName): boolean {
  return set?.applications.includes(application) === true;
}

function brings({ removed, added }: MovedObjects, { moves }: Union): boolean {
  return [...moves.keys()].some((key) => removed.has(key) || added.has(key));
}

/** What is to be said in the lane of a member that does not lead. */
async function goesWith({ ports, scope, found }: Place, union: Union, leader: ApplicationName): Promise<Offer> {
  const { lane } = scope;
  const { targetState } = found;
  const together = `goes with ${leader} (${sayWhy(union)})`;
  const source = found.contents.get(lane.application)?.commit;
  if (source === undefined) return none('no-content', `${found.from.name} has no content of ${lane.application}`);
  const hold = await observeHold(ports, scope, { source, targetState });
  if (hold?.kind === 'held') return none('held', `${hold.message}; ${together}`);
  if (await isHere(scope, found, { source, ...present({ ended: hold?.hold }) })) return none('in-sync', `${lane.target} has ${source.slice(0, 10)}; it ${together}`);
  const leading = await ports.promotions.lane({ ...lane, application: leader });
  return none('waiting', `${together}${leading && says(leading) ? `: ${leading.message}` : ''}`);
}

async function isHere({ lane, mirror, application }: LaneScope, { targetState }: UnionScope, wanted: Parameters<typeof isThere>[2]): Promise<boolean> {
  const { ledger } = await readLedger(mirror, targetState.head, lane.target, lane.application);
  return ledger !== undefined && coversPaths(ledger, application) && isThere(mirror, ledger, wanted);
}

function says({ condition }: LaneStatus): boolean {
  return condition !== 'in-sync' && condition !== 'promoting' && condition !== 'no-content';
}

function companionsOf({ lane, current }: LaneScope, { members }: Union): readonly WakeTarget[] {
  const all = new Set([...members.map(({ name }) => name), ...(current ? membersOf(current) : [])]);
  all.delete(lane.application);
  return [...all].map((application): WakeTarget => ({ kind: 'lane', ...lane, application }));
}
