import { present } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import { authorKey } from '@sluice/promotion';
import type { Author, Hold, Ledger } from '@sluice/promotion';
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
import { undoneContent } from './undone-content.js';
import { asOne, sayWhy } from './unions.js';
import { choose, membersIn } from './union-members.js';
import type { Found, Member } from './union-members.js';
import type { UnionScope } from './unions.js';
import { isUnrecorded } from './unrecorded.js';

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

interface Taken extends Found {
  readonly members: readonly Member[];
  readonly source: CommitSha;
}

async function observeMembers(ports: ObservePorts, scope: LaneScope, taken: Taken): Promise<Offer> {
  const parts = await observeParts(ports, scope, taken);
  return 'kind' in parts ? parts : observeComposition(ports, scope, { ...taken, parts });
}

/** What of a union is composed; or why nothing is. */
async function observeParts(ports: ObservePorts, scope: LaneScope, taken: Taken): Promise<readonly Part[] | Extract<Offer, { kind: 'none' }>> {
  const parts: Part[] = [];
  for (const member of taken.members) {
    const part = await observePart(ports, member, taken);
    if ('kind' in part) return { ...part, message: `${member.application.name}: ${part.message}` };
    parts.push(part);
  }
  return parts.every((part) => part.isThere) ? none('in-sync', `${scope.lane.target} has ${taken.source.slice(0, 10)}`) : parts;
}

/** What a union comes to: the leader's lane with all of it, and all that is composed. */
export interface ComposedTogether {
  readonly kind: 'composed';
  readonly scope: LaneScope;
  readonly request: ComposeRequest;
  readonly composition: Composition;
  readonly authors: () => Promise<readonly Author[]>;
}

/** Composes what the leader's lane would, as if it had nothing open. `scope`: the leader's. */
export async function composeTogether(ports: ObservePorts, scope: LaneScope, found: Found): Promise<ComposedTogether | Extract<Offer, { kind: 'none' }>> {
  const members = await membersIn(ports, scope, found);
  const taken: Taken = { ...found, members, source: await newestOf(scope.mirror, members.map(({ source }) => source)) };
  const parts = await observeParts(ports, scope, taken);
  if ('kind' in parts) return parts;
  const composing = { ...taken, parts };
  const { whole, request } = await requestOf(scope, composing);
  const composition = await composeOnto(ports, whole, request, await composeInputsKey(scope.mirror, request, undefined));
  return { kind: 'composed', scope: whole, request, composition, authors: async () => (await provenanceOf(ports, whole, composing, request.tampered)).authors };
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

async function requestOf(leading: LaneScope, composing: Composing): Promise<{ readonly whole: LaneScope; readonly request: ComposeRequest }> {
  const { members, union } = composing;
  const applications = members.map(({ application }) => application);
  const asked = members.filter(({ application }) => composing.parts.every((part) => part.application !== application || part.source === undefined || part.source.name === leading.from.name));
  const commits = asked.map(({ application, source, scope }): MemberCommit => ({ application: application.name, commit: source, ...present({ sources: scope.sources, passed: scope.passed }) }));
  const whole: LaneScope = { ...leading, application: asOne(applications, leading.pipeline.applications), members: commits, ...(union.set ? {} : { moves: sayWhy(union) }) };
  const tampered = await tamperedOf(whole, composing);
  return { whole, request: { ...(await composeRequest(whole, composing)), ...present({ tampered }) } };
}

async function observeComposition(ports: ObservePorts, leading: LaneScope, composing: Composing): Promise<Offer> {
  const { whole: scope, request } = await requestOf(leading, composing);
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
  const { authors, commits: brought } = await provenanceOf(ports, scope, composing, request.tampered);
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
    for (const author of found.authors) authors.set(authorKey(author), author);
    for (const commit of found.commits) commits.set(commit.sha, commit);
  }
  return { authors: [...authors.values()], commits: [...commits.values()] };
}
