import { instant, present } from '@sluice/kernel';
import type { CommitSha, EnvironmentName, Instant, ObjectSha } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { distinctAuthors, isAutomaticRollback, kindOfTitle, parseMarker, parseResolvers, parseRollbackMessage, promotionLane } from '@sluice/promotion';
import type { Author, Candidate, CandidateMember, ConflictDraft, LaneId, Ledger, Promotion, PromotionState, RollbackRecord, TimelineEntry } from '@sluice/promotion';
import { collectAuthors, mappedAuthors } from '../lifecycle/collect-authors.js';
import { composeCandidate, composeInputsKey } from '../lifecycle/compose-candidate.js';
import type { ComposePart, ComposeRequest } from '../lifecycle/compose-request.js';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { readLedger } from '../lifecycle/read-ledger.js';
import { wholeSelection } from '../lifecycle/selections.js';
import { asOne } from '../lifecycle/unions.js';
import type { ChangeRequest, CommitEntry, Mirror } from '../ports/index.js';
import { messageOfCommit, restoreDraft } from './restore-draft.js';

export type RestorePorts = Pick<LifecyclePorts, 'clock' | 'forges' | 'people' | 'pushes' | 'memory' | 'reader'>;

export interface RestoreScope {
  readonly lane: LaneId;
  readonly pipeline: Pipeline | undefined;
  readonly mirror: Mirror;
}

/** What a request on the forge says of a promotion; or why it says nothing. */
export type Restored = { readonly kind: 'promotion'; readonly promotion: Promotion } | { readonly kind: 'draft'; readonly draft: ConflictDraft } | { readonly kind: 'unreadable'; readonly message: string };

/** The lane that a request's branch belongs to; undefined for other people's requests. */
export function laneOfRequest(repository: LaneId['repository'], change: Pick<ChangeRequest, 'sourceBranch'>): LaneId | undefined {
  const lane = promotionLane(change.sourceBranch);
  return lane && { repository, ...lane };
}

/**
 * A promotion from its request and the commit that it carries: the ledger in that commit says which it is, what it brings and from where. What can be composed again to the same commit is the
 * very candidate that it was; a merged one is read from what was merged.
 */
export async function restorePromotion(ports: RestorePorts, scope: RestoreScope, change: ChangeRequest): Promise<Restored> {
  const found = await carriedBy(ports, scope, change);
  if (typeof found === 'string') return unreadable(ports, scope, change, found);
  const { ledger, record } = found;
  const candidate = (change.state === 'merged' ? undefined : await composedAgain(ports, scope, found)) ?? (await candidateOf(scope, found));
  const requester = parseMarker(change.body)?.requester;
  return {
    kind: 'promotion',
    promotion: {
      ...scope.lane,
      id: record.id,
      from: ledger.source,
      attempt: record.attempt,
      candidate,
      change: { number: change.number, url: change.url },
      ...present({ requester }),
      authors: await authorsOf(ports, scope, found),
      verdicts: [],
      ...(await ending(scope, change, found, candidate)),
      createdAt: change.createdAt,
      updatedAt: ports.clock(),
      timeline: timelineOf(ports.clock(), change, candidate),
      version: 0,
    },
  };
}

/** Of each application that it is about; a rollback brings nobody's work. */
async function authorsOf(ports: RestorePorts, scope: RestoreScope, { ledger, before, members, resolvers, rollback }: Carried): Promise<readonly Author[]> {
  const authors = [...resolvers];
  const { pipeline } = scope;
  const environment = environmentOf(pipeline, ledger.source);
  if (!pipeline || !environment || rollback) return [];
  for (const part of members ?? [{ ledger, before }]) {
    const application = applicationOf(scope, part.ledger);
    const found = await collectAuthors(ports, scope.mirror, { repository: scope.lane.repository, pipeline, application }, { environment, from: part.before?.commit, to: part.ledger.commit });
    authors.push(...found.authors);
  }
  return distinctAuthors(authors);
}

async function unreadable(ports: RestorePorts, { mirror }: RestoreScope, change: ChangeRequest, why: string): Promise<Restored> {
  const draft = await restoreDraft(ports, mirror, change);
  return draft ? { kind: 'draft', draft } : { kind: 'unreadable', message: `request ${change.number} (${change.sourceBranch}): ${why}` };
}

interface Carried {
  readonly ledger: Ledger;
  readonly head: CommitEntry;
  readonly onto: CommitSha;
  /** The ledger that it was composed on. */
  readonly before: Ledger | undefined;
  readonly blob: ObjectSha | undefined;
  /** Where it is about several applications: all of them, in the order of the pipeline file. */
  readonly members?: readonly CarriedMember[];
  readonly record: Pick<RollbackRecord, 'id' | 'digest' | 'attempt'>;
  /** Of an open request: who has resolved conflicts in it. */
  readonly resolvers: readonly Author[];
  /** What it says of itself, if it is a rollback: the ledgers in it are older ones. */
  readonly rollback?: RollbackRecord;
}

interface CarriedMember {
  readonly ledger: Ledger;
  readonly before: Ledger | undefined;
  readonly blob: ObjectSha | undefined;
}

async function carriedBy(ports: RestorePorts, scope: RestoreScope, change: ChangeRequest): Promise<Carried | string> {
  const { lane, mirror } = scope;
  const there = await isThere(mirror, change.head);
  if (!there) return `its commit ${change.head.slice(0, 10)} is gone`;
  const [head] = await mirror.firstParent(change.head, { limit: 1 });
  const { ledger } = await readLedger(mirror, change.head, lane.target, lane.application);
  const onto = head?.parents[0];
  if (!ledger || !head || onto === undefined) return `its commit ${change.head.slice(0, 10)} carries no ledger of ours`;
  const previous = await readLedger(mirror, onto, lane.target, lane.application);
  if (previous.ledger?.promotion === ledger.promotion) return `its commit ${change.head.slice(0, 10)} is not one that Sluice made`;
  const rollback = await rollbackIn(mirror, head);
  const members = rollback ? await returningIn(scope, { head: change.head, onto }) : await membersIn(scope, { head: change.head, onto, ledger });
  const record = rollback ?? { id: ledger.promotion, digest: ledger.digest, attempt: ledger.attempt };
  const resolvers = await resolversOf(ports, mirror, change);
  return { ledger, head, onto, before: previous.ledger, blob: previous.blob, record, resolvers, ...present({ members, rollback }) };
}

async function isThere(mirror: Mirror, commit: CommitSha): Promise<boolean> {
  return mirror.ensure(commit).then(
    () => true,
    () => false,
  );
}

/** Only of an open request somebody asks for them again. */
async function resolversOf(ports: RestorePorts, mirror: Mirror, { state, head }: ChangeRequest): Promise<readonly Author[]> {
  return state === 'open' ? mappedAuthors(ports, parseResolvers(await messageOfCommit(mirror, head))) : [];
}

async function rollbackIn(mirror: Mirror, { sha, subject }: CommitEntry): Promise<RollbackRecord | undefined> {
  if (kindOfTitle(subject) !== 'rollback') return undefined;
  return parseRollbackMessage(await messageOfCommit(mirror, sha));
}

/** Those whose ledgers a rollback has put back, to an earlier one or to none. */
async function returningIn({ mirror, lane, pipeline }: RestoreScope, { head, onto }: { readonly head: CommitSha; readonly onto: CommitSha }): Promise<readonly CarriedMember[] | undefined> {
  const members: CarriedMember[] = [];
  for (const { name } of pipeline?.applications ?? []) {
    const [now, before] = [await readLedger(mirror, head, lane.target, name), await readLedger(mirror, onto, lane.target, name)];
    const ledger = now.ledger ?? before.ledger;
    if (now.blob !== before.blob && ledger) members.push({ ledger, before: before.ledger, blob: before.blob });
  }
  return members.length > 1 ? members : undefined;
}

/** The ledgers that the commit wrote for the same promotion. */
async function membersIn({ mirror, lane, pipeline }: RestoreScope, { head, onto, ledger }: { readonly head: CommitSha; readonly onto: CommitSha; readonly ledger: Ledger }): Promise<readonly CarriedMember[] | undefined> {
  const members: CarriedMember[] = [];
  for (const { name } of pipeline?.applications ?? []) {
    const own = name === lane.application ? ledger : (await readLedger(mirror, head, lane.target, name)).ledger;
    if (own?.promotion !== ledger.promotion) continue;
    const previous = await readLedger(mirror, onto, lane.target, name);
    members.push({ ledger: own, before: previous.ledger, blob: previous.blob });
  }
  return members.length > 1 ? members : undefined;
}

/** The release set that the applications are today, in this target. */
function setOf({ pipeline, lane }: RestoreScope, members: readonly CarriedMember[]): string | undefined {
  const sets = pipeline?.releaseSets ?? [];
  return sets.find(({ applications, environments }) => environments.includes(lane.target) && members.some(({ ledger }) => applications.includes(ledger.application)))?.name;
}

/** The application as it was then: its paths are in the ledger. */
function applicationOf({ pipeline }: RestoreScope, ledger: Ledger): Application {
  const now = pipeline?.applications.find(({ name }) => name === ledger.application);
  return { name: ledger.application, paths: ledger.paths, uses: now?.uses ?? [] };
}

/** Composing is deterministic: when nothing that it reads has changed, it comes to the commit that the request carries. */
async function composedAgain(ports: RestorePorts, scope: RestoreScope, carried: Carried): Promise<Candidate | undefined> {
  const { mirror, lane } = scope;
  const { ledger, onto, before, blob, head } = carried;
  const place = placeOf(scope, ledger);
  if (!place || carried.rollback || !(await mirror.has(ledger.commit))) return undefined;
  if (carried.members) return togetherAgain(ports, scope, { ...carried, members: carried.members }, place);
  const usable = before && (await isBehind(mirror, before.commit, ledger.commit)) ? before : undefined;
  const request = { ...place, repository: lane.repository, sourceCommit: ledger.commit, sourceDate: head.committedAt, onto, ...present({ ledger: usable }), origin: ledger.origin, attempt: ledger.attempt };
  const composition = await composeCandidate(ports, mirror, request, await composeInputsKey(mirror, request, blob));
  return composition.kind === 'candidate' && composition.candidate.head === head.sha ? composition.candidate : undefined;
}

/** The same of several applications; the newest of their commits is named in the commit's subject. */
async function togetherAgain(ports: RestorePorts, scope: RestoreScope, carried: Carried & Required<Pick<Carried, 'members'>>, place: Pick<ComposeRequest, 'pipeline' | 'application' | 'source' | 'target'>): Promise<Candidate | undefined> {
  const { mirror, lane } = scope;
  const { ledger, onto, head, members } = carried;
  const parts: ComposePart[] = [];
  for (const member of members) {
    const application = place.pipeline.applications.find(({ name }) => name === member.ledger.application);
    if (!application || !(await mirror.has(member.ledger.commit))) return undefined;
    const usable = member.before && (await isBehind(mirror, member.before.commit, member.ledger.commit)) ? member.before : undefined;
    parts.push({ application, sourceCommit: member.ledger.commit, origin: member.ledger.origin, ...present({ ledger: usable, blob: member.blob }) });
  }
  const newest = parts.find(({ sourceCommit }) => head.subject.includes(`@${sourceCommit.slice(0, 10)}`));
  if (!newest) return undefined;
  const request = { ...place, application: asOne(parts.map(({ application }) => application)), repository: lane.repository, sourceCommit: newest.sourceCommit, sourceDate: head.committedAt, onto, ...present({ ledger: newest.ledger, set: setOf(scope, members) }), origin: newest.origin, attempt: ledger.attempt, parts };
  const composition = await composeCandidate(ports, mirror, request, await composeInputsKey(mirror, request, undefined));
  return composition.kind === 'candidate' && composition.candidate.head === head.sha ? composition.candidate : undefined;
}

async function isBehind(mirror: Mirror, ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
  return (await mirror.has(ancestor)) && mirror.isAncestor(ancestor, descendant);
}

/** Where the pipeline has the lane today; undefined when it is not there any more. */
function placeOf({ pipeline, lane }: RestoreScope, ledger: Ledger): Pick<ComposeRequest, 'pipeline' | 'application' | 'source' | 'target'> | undefined {
  const application = pipeline?.applications.find(({ name }) => name === lane.application);
  const [source, target] = [environmentOf(pipeline, ledger.source), environmentOf(pipeline, lane.target)];
  return pipeline && application && source && target ? { pipeline, application, source, target } : undefined;
}

function environmentOf(pipeline: Pipeline | undefined, name: EnvironmentName): Environment | undefined {
  return pipeline?.environments.find((environment) => environment.name === name);
}

/** What only the commit's message tells. */
function saidIn({ subject }: CommitEntry, { resolvers, rollback }: Pick<Carried, 'resolvers' | 'rollback'>): Partial<Candidate> {
  return { ...(resolvers.length > 0 && { resolvers }), ...(rollback && { undoes: rollback.undoes, notes: rollback.notes }), ...(isAutomaticRollback(subject) && { automatic: true }) };
}

/** As far as the commit tells. Nothing is composed on it: an open request is composed again at its next look. */
async function candidateOf(scope: RestoreScope, { ledger, head, onto, before, members, record, resolvers, rollback }: Carried): Promise<Candidate> {
  const { mirror } = scope;
  const selection = wholeSelection({ paths: (members ?? [{ ledger }]).flatMap((member) => member.ledger.paths) });
  const changedPaths = (await mirror.changedPaths(onto, head.sha, selection)).map(({ path }) => path);
  return {
    kind: kindOfTitle(head.subject) ?? (changedPaths.length === 0 ? 'record-only' : 'change'),
    source: ledger.commit,
    ...present({ base: before?.commit }),
    origin: ledger.origin,
    digest: record.digest,
    fingerprint: record.digest,
    head: head.sha,
    onto,
    targetContent: await mirror.contentKey(onto, selection),
    resultContent: members || rollback ? await mirror.contentKey(head.sha, selection) : ledger.content,
    inputsKey: '',
    notes: [],
    ...saidIn(head, { resolvers, rollback }),
    changedPaths,
    ...(members && { members: await Promise.all(members.map((member) => toMember(mirror, { onto, ...(rollback && { head: head.sha }) }, member))), ...present({ set: setOf(scope, members) }) }),
  };
}

/** `head`: the ledger does not say what the result is. */
async function toMember(mirror: Mirror, { onto, head }: { readonly onto: CommitSha; readonly head?: CommitSha }, { ledger, before }: CarriedMember): Promise<CandidateMember> {
  const { application, commit, origin, paths, content } = ledger;
  const selection = wholeSelection({ paths });
  return { application, source: commit, ...present({ base: before?.commit }), origin, targetContent: await mirror.contentKey(onto, selection), resultContent: head ? await mirror.contentKey(head, selection) : content };
}

type Ending = Pick<Promotion, 'state' | 'mergedAs' | 'mergedAt'>;

async function ending(scope: RestoreScope, change: ChangeRequest, { ledger, rollback }: Carried, { head }: Candidate): Promise<Ending> {
  if (change.state !== 'merged' || change.mergeCommit === undefined) return { state: change.state === 'open' ? 'open' : closedState(change) };
  const { mirror } = scope;
  const there = await mirror.has(change.mergeCommit);
  const [merge] = there ? await mirror.firstParent(change.mergeCommit, { limit: 1 }) : [];
  const selection = wholeSelection({ paths: ledger.paths });
  const wanted = rollback ? await mirror.contentKey(head, selection) : ledger.content;
  const isRight = !there || (await mirror.contentKey(change.mergeCommit, selection)) === wanted;
  return { state: isRight ? 'rolling-out' : 'tampered', mergedAs: change.mergeCommit, mergedAt: merge ? instant(merge.committedAt) : change.updatedAt };
}

/** What Sluice closed itself had lost its reason; what a person closed is not offered again. */
function closedState({ closedBy }: ChangeRequest): PromotionState {
  return closedBy === 'sluice' ? 'superseded' : 'rejected';
}

function timelineOf(now: Instant, change: ChangeRequest, candidate: Candidate): readonly TimelineEntry[] {
  const { createdAt, updatedAt, state, mergedBy, closedBy, mergeCommit } = change;
  return [
    { at: createdAt, what: 'composed', detail: candidate.source },
    { at: createdAt, what: 'opened', detail: `request ${change.number}` },
    ...(state === 'merged' ? [{ at: updatedAt, what: 'merged', ...present({ by: mergedBy, detail: mergeCommit }) }] : []),
    ...(state === 'closed' ? [{ at: updatedAt, what: 'closed', ...present({ by: closedBy }) }] : []),
    { at: now, what: 'restored', detail: 'from git and the forge; verdicts and their evidence are made again' },
  ];
}
