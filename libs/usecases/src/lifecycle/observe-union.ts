import { present } from '@sluice/kernel';
import type { CommitSha, Instant } from '@sluice/kernel';
import type { Application, Environment } from '@sluice/pipeline';
import { selectSource } from '@sluice/promotion';
import type { Author, CandidateMember, ChosenSource, Hold, Ledger, Promotion } from '@sluice/promotion';
import { sourcesOf } from './choose-common.js';
import { collectAuthors, mappedAuthors } from './collect-authors.js';
import type { Provenance } from './collect-authors.js';
import { composeCandidate, composeInputsKey } from './compose-candidate.js';
import type { Composition } from './compose-candidate.js';
import type { ComposePart, ComposeRequest, Overlay, Tampered } from './compose-request.js';
import { findBase, heldThereOf, isBehind, newestOf } from './find-base.js';
import { judgeCandidate } from './judge-candidate.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import type { Observed, Offer, Outdated } from './lane-view.js';
import type { MemberCommit } from './observe-gates.js';
import { observeHold } from './observe-hold.js';
import { conflictOffer, observeResolution, strayOffer, withResolvers } from './observe-resolution.js';
import { coversPaths, pathBases } from './path-bases.js';
import { readLedger } from './read-ledger.js';
import { isThere, none, originOf, reviewFirst, withoutCandidate } from './source-facts.js';
import { tamperedAt, tamperedProvenance } from './tampered-content.js';
import { judgeSource, sourceGatesPassed } from './source-gates.js';
import { undoneContent } from './undone-content.js';
import { asOne, sayWhy } from './unions.js';
import type { Offered, Union, UnionScope } from './unions.js';
import { isUnrecorded } from './unrecorded.js';

interface Found {
  readonly union: Union;
  readonly facts: UnionScope;
  /** Where any of several sources will do: that has been decided, and with it what becomes of the promotion under way. */
  readonly open?: { readonly supersedes?: string };
}

/** One application of a union, with its own lane. */
interface Member {
  readonly scope: LaneScope;
  readonly application: Application;
  readonly newest: Offered;
  /** The chosen commit: the newest, or that of the open promotion. */
  readonly source: CommitSha;
}

/** A part, and what only looking at it needs. */
interface Part extends ComposePart {
  readonly since?: CommitSha;
  readonly alsoOwnedBy?: readonly Environment[];
  readonly isThere: boolean;
}

/** What the leader's lane has for all of a union. */
export async function observeUnion(ports: ObservePorts, scope: LaneScope, found: Found): Promise<Observed | Outdated> {
  const members = await membersIn(ports, scope, found);
  const chosen = await choose(ports, scope, found, members);
  if ('outdated' in chosen) return chosen;
  const source = await newestOf(scope.mirror, chosen.members.map((member) => member.source));
  const offer = await observeMembers(ports, scope, { ...found, members: chosen.members, source });
  const isHeld = offer.kind === 'none' && offer.condition === 'held';
  return { source, offer, ...present({ lookAgainAt: chosen.lookAgainAt }), ...(isHeld ? {} : present({ supersedes: chosen.supersedes })) };
}

async function membersIn(ports: ObservePorts, scope: LaneScope, { union, facts }: Found): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (const application of union.members) {
    const newest = await facts.offered(application.name);
    if (!newest) continue;
    const lane = { ...scope.lane, application: application.name };
    const status = application.name === scope.lane.application ? scope.status : await ports.promotions.lane(lane);
    const { current: _current, change: _change, status: _status, ...place } = scope;
    members.push({ application, newest, source: newest.commit, scope: { ...place, lane, application, ...present({ status, sources: newest.sources, passed: newest.passed }) } });
  }
  return members;
}

interface Chosen {
  readonly members: readonly Member[];
  readonly supersedes?: string;
  readonly lookAgainAt?: Instant;
}

/** The same rule as for one application: the open promotion stays as long as it would if it were about one. */
async function choose(ports: ObservePorts, scope: LaneScope, found: Found, members: readonly Member[]): Promise<Chosen | Outdated> {
  const { union, facts } = found;
  const { current } = scope;
  if (!current) return { members };
  if (scope.outdated !== undefined) return { members, supersedes: scope.outdated };
  const open = current.from === facts.from.name ? await openMembers(ports, current, union, members) : undefined;
  const changed = `what is promoted together has changed: ${sayWhy(union)}`;
  if (!open) return current.candidate.members ? { outdated: changed } : { members, supersedes: changed };
  if (open.length === members.length && open.every((member, at) => member.source === members[at]?.source)) return { members: open };
  const { supersedes, lookAgainAt } = await decided(ports, scope, found, { facts, open, members, current });
  return supersedes === undefined ? { members: open, ...present({ lookAgainAt }) } : { outdated: supersedes };
}

/** Whether the open promotion gives way to what is newest, and why. */
async function decided(ports: ObservePorts, scope: LaneScope, { union, open }: Found, choice: Choice): Promise<{ readonly supersedes?: string; readonly lookAgainAt?: Instant }> {
  if (open) return open;
  const { selected, lookAgainAt } = await select(ports, scope, choice);
  if (selected.supersedes === undefined && selected.source === choice.current.candidate.source) return present({ lookAgainAt });
  return { supersedes: selected.supersedes ?? `what is promoted together has changed: ${sayWhy(union)}` };
}

interface Choice {
  readonly facts: UnionScope;
  readonly open: readonly Member[];
  readonly members: readonly Member[];
  readonly current: Promotion;
}

async function select(ports: ObservePorts, { target, mirror }: LaneScope, { facts, open, members, current }: Choice): Promise<{ readonly selected: ChosenSource; readonly lookAgainAt?: Instant }> {
  const behind = await Promise.all(open.map(({ source }) => isBehind(mirror, source, facts.sourceState.head)));
  const judged = await Promise.all(members.map((member) => judgeSource(ports, member.scope, member.source)));
  const times = judged.flatMap(({ lookAgainAt }) => (lookAgainAt === undefined ? [] : [lookAgainAt]));
  const newest = await newestOf(mirror, members.map(({ source }) => source));
  const state = { source: current.candidate.source, merging: current.state === 'merging', sourceGatesPassed: sourceGatesPassed(target, current.verdicts), gone: behind.includes(false) };
  const selected = selectSource({ onNewSource: target.onNewSource, newest, newestPassed: judged.every(({ passed }) => passed), open: state });
  return { selected, ...present({ lookAgainAt: times.length === 0 ? undefined : (Math.min(...times) as Instant) }) };
}

/** The members of the open promotion with the commits that it has of them; undefined where it is about others than it would have to be. */
async function openMembers(ports: ObservePorts, { candidate }: Promotion, { set }: Union, members: readonly Member[]): Promise<readonly Member[] | undefined> {
  const taken = await Promise.all((candidate.members ?? []).map(async (open) => {
    const member = members.find(({ application }) => application.name === open.application);
    return member && openMember(ports, member, open);
  }));
  const known = taken.filter((member) => member !== undefined);
  const isWhole = known.length > 1 && known.length === taken.length;
  if (!isWhole || candidate.set !== set?.name) return undefined;
  const missing = members.filter(({ application }) => set?.applications.includes(application.name) && !known.some((member) => member.application === application));
  return missing.length === 0 ? known : undefined;
}

/** Of several sources that are all asked, each is asked about what is open; what stays as the target has it, being newer there, is not in this source. */
async function openMember(ports: ObservePorts, member: Member, { source, origin }: CandidateMember): Promise<Member> {
  if (member.newest.standing === 'older') return member;
  if (source === member.source || !member.newest.sources) return { ...member, source };
  const sources = await sourcesOf(ports, member.scope, origin);
  return { ...member, source, newest: { ...member.newest, origin }, scope: { ...member.scope, ...present({ sources }) } };
}

interface Taken extends Found {
  readonly members: readonly Member[];
  readonly source: CommitSha;
}

async function observeMembers(ports: ObservePorts, scope: LaneScope, taken: Taken): Promise<Offer> {
  const parts: Part[] = [];
  for (const member of taken.members) {
    const part = await observePart(ports, member, taken);
    if ('kind' in part) return { ...part, message: `${member.application.name}: ${part.message}` };
    parts.push(part);
  }
  if (parts.every((part) => part.isThere)) return none('in-sync', `${scope.lane.target} has ${taken.source.slice(0, 10)}`);
  return observeComposition(ports, scope, { ...taken, parts });
}

/** What is composed of one member, or why nothing can be: then none of them goes on. */
async function observePart(ports: ObservePorts, member: Member, { facts, members, source: newestSource }: Taken): Promise<Part | Extract<Offer, { kind: 'none' }>> {
  const { scope, newest, source } = member;
  if (newest.origin === undefined && (await isUnrecorded(ports, scope, newest))) return none('waiting', `where ${scope.from.name} has its content from is being recorded first`);
  const review = await reviewFirst(ports, scope, facts.sourceState);
  if (review) return review;
  const heldThere = await heldThereOf(ports, scope, facts.targetState);
  const together = { members: members.map(({ application }) => application), newest: newestSource };
  const hold = await observeHold(ports, scope, { source, targetState: facts.targetState, together, ...present({ heldThere }) });
  return hold?.kind === 'held' ? none('held', hold.message) : partOf(ports, member, { facts, ended: hold?.hold });
}

async function partOf(ports: ObservePorts, member: Member, { facts, ended }: { readonly facts: UnionScope; readonly ended: Hold | undefined }): Promise<Part> {
  const { scope, application, newest, source } = member;
  const { mirror, lane } = scope;
  const [head, sourceHead] = [facts.targetState.head, facts.sourceState.head];
  const { ledger, blob } = await readLedger(mirror, head, lane.target, lane.application);
  const there = await thereOf(member, ledger, ended);
  if (there && there.commit !== source && there.origin !== newest.origin) return newerPart(member, there, present({ blob, ended }));
  const base = await findBase(ports.environments, scope, ledger, sourceHead);
  const bases = await pathBases(ports.environments, scope, { head, sourceHead, ledger: base.ledger });
  const found = { application, ...present({ ledger: base.ledger, alsoOwnedBy: base.alsoOwnedBy, blob, bases, ended, since: base.since }) };
  return { ...found, sourceCommit: source, origin: there?.origin ?? (await originOf(scope, { source, newest, ...present({ origin: newest.origin }) })), isThere: there !== undefined && facts.targetState.tampered[lane.application] === undefined };
}

/** The target's ledger, where it has this content or newer. */
async function thereOf({ scope, application, newest, source }: Member, ledger: Ledger | undefined, ended: Hold | undefined): Promise<Ledger | undefined> {
  const wanted = { source, ...present({ origin: newest.origin, ended }) };
  return ledger && coversPaths(ledger, application) && (await isThere(scope.mirror, ledger, wanted)) ? ledger : undefined;
}

/** What is newer in the target already stays so, whichever source it came from. */
function newerPart({ scope, application }: Member, there: Ledger, known: Pick<Part, 'blob' | 'ended'>): Part {
  const source = scope.pipeline.environments.find(({ name }) => name === there.source);
  return { application, ledger: there, ...known, ...present({ source }), since: there.commit, sourceCommit: there.commit, origin: there.origin, isThere: true };
}

interface Composing extends Taken {
  readonly parts: readonly Part[];
}

async function observeComposition(ports: ObservePorts, leading: LaneScope, composing: Composing): Promise<Offer> {
  const { members, union } = composing;
  const applications = members.map(({ application }) => application);
  const asked = members.filter(({ application }) => composing.parts.every((part) => part.application !== application || part.source === undefined || part.source.name === leading.from.name));
  const commits = asked.map(({ application, source, scope }): MemberCommit => ({ application: application.name, commit: source, ...present({ sources: scope.sources, passed: scope.passed }) }));
  const scope: LaneScope = { ...leading, application: asOne(applications, leading.pipeline.applications), members: commits, ...(union.set ? {} : { moves: sayWhy(union) }) };
  const tampered = await tamperedOf(scope, composing);
  const request = { ...(await composeRequest(scope, composing)), ...present({ tampered }) };
  const inputsKey = await composeInputsKey(scope.mirror, request, undefined);
  const { current } = scope;
  if (current?.candidate.inputsKey === inputsKey) return judgeCandidate(ports, scope, { candidate: current.candidate, provenance: { authors: await mappedAuthors(ports, current.authors), commits: [] } });
  const resolution = await observeResolution(ports, scope, scope.change);
  const resolving = { ...request, ...present({ resolution }) };
  const composition = await composeOnto(ports, scope, resolving, inputsKey);
  if (composition.kind === 'conflict' && composition.draft !== undefined) return conflictOffer(resolving, inputsKey, { ...composition, draft: composition.draft });
  if (composition.kind !== 'candidate') return withoutCandidate(composition, scope.lane, composing.source);
  const { candidate, files } = composition;
  const stray = await strayOffer(ports, scope, resolving, candidate);
  if (stray) return stray;
  const { authors, commits: brought } = await provenanceOf(ports, scope, composing, tampered);
  return judgeCandidate(ports, scope, { candidate, provenance: { authors: withResolvers(authors, candidate), commits: brought }, files });
}

/** Of members that are not what was composed, by one merge or by several: what counts is all that came since each of them was right. */
async function tamperedOf({ mirror, target }: LaneScope, { members, facts }: Composing): Promise<Tampered | undefined> {
  let earliest: Tampered | undefined;
  for (const { application } of members) {
    const found = await tamperedAt(mirror, { application, target }, facts.targetState.tampered[application.name]);
    if (found && (!earliest || (await isBehind(mirror, found.before, earliest.before)))) earliest = found;
  }
  return earliest;
}

async function composeRequest({ lane, pipeline, application, from, target, mirror, status }: LaneScope, { union, facts, parts, source }: Composing): Promise<ComposeRequest> {
  const [commit] = await mirror.firstParent(source, { limit: 1 });
  const leading = parts.find(({ sourceCommit }) => sourceCommit === source) ?? parts[0];
  return {
    repository: lane.repository,
    pipeline,
    application,
    source: from,
    target,
    sourceCommit: source,
    sourceDate: commit?.committedAt ?? 0,
    onto: facts.targetState.head,
    ...present({ ledger: leading?.ledger, set: union.set?.name, alsoOwnedBy: ownersOf(parts) }),
    origin: leading?.origin ?? source,
    attempt: status?.attempt ?? 0,
    parts,
  };
}

function ownersOf(parts: readonly Part[]): readonly Environment[] | undefined {
  const owners = new Map(parts.flatMap(({ alsoOwnedBy = [] }) => alsoOwnedBy.map((environment) => [environment.name, environment] as const)));
  return owners.size > 0 ? [...owners.values()] : undefined;
}

/** Where holds have ended, what was undone is composed in first. */
async function composeOnto(ports: ObservePorts, { mirror }: LaneScope, request: ComposeRequest, inputsKey: string): Promise<Composition> {
  const overlay = new Map<string, Overlay extends ReadonlyMap<string, infer File> ? File : never>();
  for (const { application, ledger, ended } of request.parts ?? []) {
    const undone = ledger && ended ? await undoneContent(ports, mirror, { ...request, application }, ended) : new Map();
    if ('kind' in undone) return undone;
    for (const [path, file] of undone) overlay.set(path, file);
  }
  return composeCandidate(ports, mirror, overlay.size > 0 ? { ...request, overlay } : request, inputsKey);
}

/** Everybody behind what any of them brings. */
async function provenanceOf(ports: ObservePorts, scope: LaneScope, { parts, facts }: Composing, tampered: Tampered | undefined): Promise<Provenance> {
  const { lane, pipeline, from, mirror } = scope;
  if (tampered) return tamperedProvenance(ports, mirror, { ...scope, repository: lane.repository, head: facts.targetState.head }, tampered);
  const authors = new Map<string, Author>();
  const commits = new Map<string, Provenance['commits'][number]>();
  for (const { application, sourceCommit, since } of parts) {
    const found = await collectAuthors(ports, mirror, { repository: lane.repository, pipeline, application }, { environment: from, from: since, to: sourceCommit });
    for (const author of found.authors) authors.set(author.person ?? author.email.toLowerCase(), author);
    for (const commit of found.commits) commits.set(commit.sha, commit);
  }
  return { authors: [...authors.values()], commits: [...commits.values()] };
}
