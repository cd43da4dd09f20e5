import { present } from '@sluice/kernel';
import type { ApplicationName, CommitSha } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import { isCurrent, membersOf, sayTogether } from '@sluice/promotion';
import type { LaneStatus, Promotion } from '@sluice/promotion';
import type { WakeTarget } from '../ports/index.js';
import { heldThereOf, isBehind, newestOf } from './find-base.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import type { Observed, Offer, Outdated } from './lane-view.js';
import type { MovedObjects } from './moved-objects.js';
import { observeUnion } from './observe-union.js';
import { readLedger } from './read-ledger.js';
import { isThere, none } from './source-facts.js';
import { judgeSource, sourceGatesPassed } from './source-gates.js';
import { coversPaths } from './path-bases.js';
import { returningWith, withoutReturning } from './returning-together.js';
import { observeHold } from './observe-hold.js';
import type { Together } from './observe-hold.js';
import { takeTogether } from './take-together.js';
import { withoutTorn } from './torn-moves.js';
import { unionScopes } from './union-scopes.js';
import { findUnion, sayWhy, UnionSearch } from './unions.js';
import type { Offered, Union, UnionScope } from './unions.js';

type Alone = (scope: LaneScope) => Promise<Observed>;

/** A lane whose application may have to be promoted together with others: then one of their lanes, the leader's, composes for all, and the others go with it. */
export async function observeTogether(ports: ObservePorts, scope: LaneScope, alone: Alone): Promise<Observed> {
  const { status, pipeline } = scope;
  if (pipeline.applications.length < 2) return alone(scope);
  if (!status?.rollback) return withoutReturning(ports, scope, await observeForward(ports, scope, alone));
  // a rollback knows for itself what goes back together
  const observed = await alone(scope);
  return { ...observed, companions: returningWith(scope, observed) };
}

async function observeForward(ports: ObservePorts, scope: LaneScope, alone: Alone): Promise<Observed> {
  const { target } = scope;
  const open = await openTogether(ports, scope);
  const searches = (await unionScopes(ports, scope, sourceToLookAt(scope, open))).map((found) => new UnionSearch(ports, found));
  const [search] = searches;
  if (!search) return alone(scope);
  const observed = await observeSearched({ ports, scope, searches, alone }, open);
  return target.from.length === 1 || target.fromAny ? observed : withoutTorn(ports, scope, search, observed);
}

/** Where all of several sources are asked, what is open keeps its source; else the first named one has all that is common. */
function sourceToLookAt({ target, from, current, pipeline }: LaneScope, open: Promotion | undefined): Environment {
  const name = [open?.from, current?.from].find((source) => source !== undefined && target.from.includes(source));
  return pipeline.environments.find((environment) => environment.name === name) ?? from;
}

interface Searched {
  readonly ports: ObservePorts;
  readonly scope: LaneScope;
  readonly searches: readonly UnionSearch[];
  readonly alone: Alone;
}

async function observeSearched(searched: Searched, open: Promotion | undefined): Promise<Observed> {
  const { scope, searches, alone } = searched;
  const { application } = scope.lane;
  if (!open && (await areAlone(searches, application))) return alone(scope);
  const union = await findUnion(searches, application, open);
  if (!union) return alone(scope);
  const observed = await inFound(searched, union, open);
  if (!isOutdated(observed)) return observed;
  // what is under way does not keep together any more what has been together in it
  const newest = await findUnion(searches, application);
  const again = newest ? await inFound({ ...searched, scope: { ...scope, ...observed } }, newest, undefined) : await alone(scope);
  return isOutdated(again) ? alone(scope) : { ...again, companions: [...companionsOf(scope, union), ...(again.companions ?? [])] };
}

async function areAlone(searches: readonly UnionSearch[], application: ApplicationName): Promise<boolean> {
  for (const search of searches) if (!(await search.isAlone(application))) return false;
  return true;
}

function isOutdated(observed: Observed | Outdated): observed is Outdated {
  return 'outdated' in observed;
}

/** In the place that the union is taken from: where any of several sources will do, that is decided for all of them at once. */
async function inFound({ searches, ...searched }: Searched, union: Union, open: Promotion | undefined): Promise<Observed | Outdated> {
  const { ports, scope, alone } = searched;
  const [search] = searches;
  if (scope.target.from.length === 1 || !scope.target.fromAny) return search ? inUnion({ ...searched, search, found: search.scope }, union) : alone(scope);
  const taken = await takeTogether(ports, scope, searches, { union, open });
  if (typeof taken === 'string') return { offer: none('waiting', `${sayGo(union)}; ${taken}`), companions: companionsOf(scope, union) };
  if (!taken || taken.union.members.length < 2 || !taken.union.members.some(({ name }) => name === scope.lane.application)) return alone(scope);
  const { from } = taken.search.scope;
  return inUnion({ ...searched, scope: { ...scope, from }, search: taken.search, found: taken.search.scope, ...present({ open: taken.open }) }, taken.union);
}

interface Place {
  readonly ports: ObservePorts;
  readonly scope: LaneScope;
  readonly search: UnionSearch;
  readonly found: UnionScope;
  readonly alone: Alone;
  /** Where any of several sources will do: what becomes of the promotion under way. */
  readonly open?: { readonly supersedes?: string };
}

/** A promotion under way that is about this lane's application and others: in this lane, or in the one that it went with when it was looked at last. */
async function openTogether(ports: ObservePorts, { lane, status, current }: LaneScope): Promise<Promotion | undefined> {
  if (current?.candidate.members) return current;
  const leading = status?.goesWith && (await ports.promotions.current({ ...lane, application: status.goesWith }));
  return leading && membersOf(leading).includes(lane.application) ? leading : undefined;
}

async function inUnion(place: Place, union: Union): Promise<Observed | Outdated> {
  const { scope, alone, found } = place;
  const { lane, current, target } = scope;
  const [leader] = union.members;
  if (current && !current.candidate.members && (await mayFinish(place, union, current))) return alone({ ...scope, pinned: true });
  const offered = await found.offered(lane.application);
  const own = target.from.length > 1 ? ownOf(found.from, offered) : {};
  if (leader && leader.name !== lane.application) return { ...own, offer: await goesWith(place, union, leader.name), goesWith: leader.name, ...present({ source: offered?.commit }) };
  const led = await lead(place, union);
  return isOutdated(led) ? led : { ...own, companions: companionsOf(scope, union), ...led };
}

/** Of several sources: which is taken, and what is to be kept of this lane's own content. */
function ownOf(from: Environment, offered: Offered | undefined): Pick<Observed, 'from' | 'passed' | 'lookAgainAt'> {
  return { from, ...present({ passed: offered?.passed, lookAgainAt: offered?.lookAgainAt }) };
}

/** In the lane that composes for all. */
async function lead({ ports, scope, found, open }: Place, union: Union): Promise<Observed | Outdated> {
  const busy = await openElsewhere(ports, scope, union);
  if (busy) return { offer: none('waiting', `${sayGo(union)}; first ${busy.application} ends what it has open (${busy.id})`) };
  return observeUnion(ports, { ...scope, from: found.from }, { union, facts: found, ...present({ open }) });
}

function sayGo(union: Union): string {
  return `${sayTogether(union.members.map(({ name }) => name), union.set?.name)} go together (${sayWhy(union)})`;
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
  const { lane, target } = scope;
  if (current.state === 'merging') return true;
  if (current.from !== found.from.name) return false;
  const newest = await found.offered(lane.application);
  const isKept = newest !== undefined && !isNewest(current, newest) && sourceGatesPassed(target, current.verdicts) && !isInSet(union, lane.application);
  if (!isKept || !(await isBehind(scope.mirror, current.candidate.source, found.sourceState.head))) return false;
  if (brings(await search.movedBy(lane.application, current.candidate.source), union)) return false;
  const judged = { ...scope, from: found.from, ...present({ sources: newest.sources, passed: newest.passed }) };
  return target.onNewSource === 'wait' || !(await judgeSource(ports, judged, newest.commit)).passed;
}

function isNewest({ candidate }: Promotion, newest: Offered): boolean {
  return newest.origin === undefined ? candidate.source === newest.commit : candidate.origin === newest.origin;
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
  const offered = await found.offered(lane.application);
  if (offered === undefined) return none('no-content', `${found.from.name} has no content of ${lane.application}`);
  const wanted = { source: offered.commit, ...present({ origin: offered.origin }) };
  const heldThere = await heldThereOf(ports, { ...scope, from: found.from }, targetState);
  const hold = await observeHold(ports, scope, { ...wanted, targetState, ...present({ heldThere, together: await newestTogether(scope, found, union) }) });
  if (hold?.kind === 'held') return none('held', `${hold.message}; ${together}`);
  if (await isHere(scope, found, { ...wanted, ...present({ ended: hold?.hold }) })) return none('in-sync', `${lane.target} has ${offered.commit.slice(0, 10)}; it ${together}`);
  const leading = await ports.promotions.lane({ ...lane, application: leader });
  return none('waiting', `${together}${leading && says(leading) ? `: ${leading.message}` : ''}`);
}

/** What the leader has of all, for what was undone in one of them and is in another by now. */
async function newestTogether({ mirror }: LaneScope, { offered }: UnionScope, { members }: Union): Promise<Together | undefined> {
  const commits: CommitSha[] = [];
  for (const { name } of members) commits.push(...[(await offered(name))?.commit].filter((commit) => commit !== undefined));
  return commits.length > 0 ? { members, newest: await newestOf(mirror, commits) } : undefined;
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
