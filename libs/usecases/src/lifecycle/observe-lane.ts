import type { ApplicationName, CommitSha, ObjectSha } from '@sluice/kernel';
import { present } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import { membersOf, selectSource } from '@sluice/promotion';
import type { ChosenSource, Hold, LaneId, Ledger, Promotion, RollbackOrder } from '@sluice/promotion';
import type { ContentHead, EnvironmentState, PipelineRecord } from '../ports/index.js';
import { chooseAny } from './choose-any.js';
import { chooseCommon } from './choose-common.js';
import { collectAuthors, mappedAuthors } from './collect-authors.js';
import type { Provenance } from './collect-authors.js';
import { composeInputsKey } from './compose-candidate.js';
import { composeOnto } from './compose-onto.js';
import type { ComposeRequest } from './compose-request.js';
import { composeRollback, rollbackInputsKey } from './compose-rollback.js';
import { findBase, heldIn, isBehind } from './find-base.js';
import type { Base } from './find-base.js';
import { judgeCandidate } from './judge-candidate.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import type { LaneView, Observed, Offer, Rejection } from './lane-view.js';
import { coversPaths, pathBases } from './path-bases.js';
import { observeHold } from './observe-hold.js';
import { conflictOffer, observeResolution, strayOffer, withResolvers } from './observe-resolution.js';
import { followersOf, seenContents } from './predecessors.js';
import { observeTogether } from './observe-together.js';
import { readLedger } from './read-ledger.js';
import { isThere, none, originOf, reviewFirst, withoutCandidate } from './source-facts.js';
import { tamperedAt, tamperedProvenance } from './tampered-content.js';
import { judgeSource, sourceGatesPassed } from './source-gates.js';
import { isUnrecorded } from './unrecorded.js';

/** Gathers everything that deciding about a lane needs. Composes only when something that composing reads has changed. */
export async function observeLane(ports: ObservePorts, lane: LaneId): Promise<LaneView> {
  const [status, current] = [await ports.promotions.lane(lane), await ports.promotions.current(lane)];
  const open = current ? current.change : status?.draft?.change;
  const change = open && (await ports.changes.get(lane.repository, open.number));
  const rejection = current && change?.state === 'closed' ? await rejectionOf(ports, current) : undefined;
  const view = { lane, now: ports.clock(), publicUrl: ports.settings.publicUrl, ...present({ status, current, change, rejection }) };
  const record = await ports.repositories.pipeline(lane.repository);
  const place = placeOf(record, lane);
  if (!place) return { ...view, ...present({ heir: current && heirOf(record, current) }), offer: none('blocked', `the pipeline no longer promotes ${lane.application} to ${lane.target}`) };
  const mirror = await ports.mirrors.open(lane.repository);
  const scope: LaneScope = { lane, ...place, mirror, ...present({ status, current, change }) };
  const seen = await seenContents(ports, scope);
  const observed = await observeTogether(ports, scope, (alone) => (alone.target.from.length > 1 ? observeJoin(ports, alone) : observeOffer(ports, alone)));
  return { ...view, target: place.target, from: place.from, followers: followersOf(place.pipeline, lane), ...present({ seen }), ...observed };
}

async function rejectionOf({ approvals }: Pick<ObservePorts, 'approvals'>, { repository, candidate }: Promotion): Promise<Rejection | undefined> {
  const rejected = (await approvals.of(repository, candidate.digest)).findLast(({ decision }) => decision === 'rejected');
  return rejected && { by: rejected.person, reason: rejected.comment };
}

/** The lane in the pipeline; undefined when it is not there (any more). */
function placeOf(record: PipelineRecord | undefined, lane: LaneId): Pick<LaneScope, 'pipeline' | 'application' | 'target' | 'from'> | undefined {
  const pipeline = record?.pipeline;
  const application = pipeline?.applications.find((candidate) => candidate.name === lane.application);
  const target = pipeline?.environments.find((candidate) => candidate.name === lane.target);
  const from = pipeline?.environments.find((candidate) => candidate.name === target?.from[0]);
  return pipeline && application && target && from ? { pipeline, application, target, from } : undefined;
}

/** Another application that was promoted together with one that has left the pipeline. */
function heirOf(record: PipelineRecord | undefined, { target, ...promotion }: Promotion): ApplicationName | undefined {
  const { applications = [], environments = [] } = record?.pipeline ?? {};
  const known = new Set(environments.some(({ name }) => name === target) ? applications.map(({ name }) => name) : []);
  return membersOf(promotion).find((name) => known.has(name));
}

/** A target with several sources: which one is taken is decided first. */
async function observeJoin(ports: ObservePorts, scope: LaneScope): Promise<Observed> {
  const { lane, target, mirror } = scope;
  const targetState = await ports.environments.state(lane.repository, target.name);
  if (!targetState?.head) return { offer: none('blocked', targetState?.message ?? `branch ${target.branch} of ${target.name} has not been read yet`) };
  if (scope.status?.rollback) return { offer: await observeRollback(ports, scope, { head: targetState.head, order: scope.status.rollback }) };
  await mirror.ensure(targetState.head);
  const { ledger, blob } = await readLedger(mirror, targetState.head, lane.target, lane.application);
  const asked: LaneScope = scope.pinned ? { ...scope, target: { ...target, onNewSource: 'wait' } } : scope;
  const choice = target.fromAny ? await chooseAny(ports, asked, ledger) : await chooseCommon(ports, asked);
  const kept = present({ passed: choice.passed, lookAgainAt: choice.lookAgainAt });
  if (choice.kind === 'none') return { ...kept, offer: none(choice.condition, choice.message) };
  const { from, source, supersedes } = choice;
  const offer = await observeTaken(ports, { ...scope, from, ...present({ sources: choice.sources, passed: choice.passed }) }, { ...choice, targetState, head: targetState.head, ledger, blob });
  return { ...kept, from, source, offer, ...present({ supersedes }) };
}

async function observeTaken(ports: ObservePorts, scope: LaneScope, taken: Omit<Facts, 'sourceState'>): Promise<Offer> {
  const { lane, from } = scope;
  const sourceState = await ports.environments.state(lane.repository, from.name);
  if (!sourceState?.head) return none('blocked', sourceState?.message ?? `branch ${from.branch} of ${from.name} has not been read yet`);
  const heldThere = await heldIn(ports.environments, scope, taken.targetState.held[lane.application]);
  return observeChosen(ports, scope, { ...taken, sourceState, ...present({ heldThere }) });
}

async function observeOffer(ports: ObservePorts, scope: LaneScope): Promise<Observed> {
  const { lane, from, target } = scope;
  const states = await ports.environments.states(lane.repository);
  const [sourceState, targetState] = [from.name, target.name].map((name) => states.find((state) => state.environment === name));
  if (!sourceState?.head) return { offer: unread(from, sourceState) };
  if (!targetState?.head) return { offer: unread(target, targetState) };
  if (scope.status?.rollback) return { offer: await observeRollback(ports, scope, { head: targetState.head, order: scope.status.rollback }) };
  const newest = await ports.environments.content(lane.repository, from.name, lane.application);
  if (!newest) return { offer: none('no-content', `${from.name} has no content of ${lane.application}`) };
  if (await isUnrecorded(ports, scope, newest)) return { offer: none('waiting', `where ${from.name} has its content from is being recorded first`) };
  return observeCandidate(ports, scope, { sourceState, targetState, newest });
}

function unread({ name, branch }: Environment, state: EnvironmentState | undefined): Offer {
  return none('blocked', state?.message ?? `branch ${branch} of ${name} has not been read yet`);
}

/** What undoing comes to: nothing of the source is looked at. */
async function observeRollback(ports: ObservePorts, scope: LaneScope, { head, order }: { readonly head: CommitSha; readonly order: RollbackOrder }): Promise<Offer> {
  const { mirror, lane, current, pipeline, application, target } = scope;
  await mirror.ensure(head);
  const request = { repository: lane.repository, pipeline, application, target, onto: head, attempt: scope.status?.attempt ?? 0, to: order.to, automatic: order.by === undefined };
  const returning = pipeline.applications.filter(({ name }) => current?.candidate.members?.some((member) => member.application === name));
  const inputsKey = await rollbackInputsKey(mirror, request, { returning, notes: notesOf(current) });
  const provenance: Provenance = { authors: [], commits: [] };
  if (current?.candidate.inputsKey === inputsKey) return judgeCandidate(ports, scope, { candidate: current.candidate, provenance });
  const composition = await composeRollback(ports, mirror, request);
  if (composition.kind === 'impossible') return none('blocked', `cannot be rolled back to ${order.to}: ${composition.message}`);
  if (composition.kind === 'conflict') return { ...none('conflicted', `cannot be rolled back to ${order.to}: ${composition.conflicts[0]?.message ?? 'conflict'}`), conflicts: composition.conflicts };
  return judgeCandidate(ports, scope, { candidate: composition.candidate, provenance, files: composition.files });
}

/** What a rollback that is open leaves. */
function notesOf(current: Promotion | undefined): Promotion['candidate']['notes'] {
  return current?.candidate.kind === 'rollback' ? current.candidate.notes : [];
}

interface Heads {
  readonly sourceState: EnvironmentState;
  readonly targetState: EnvironmentState;
  readonly newest: ContentHead;
}

async function observeCandidate(ports: ObservePorts, scope: LaneScope, heads: Heads): Promise<Observed> {
  const { mirror, lane } = scope;
  const chosen = await chooseSource(ports, scope, heads);
  const head = heads.targetState.head as CommitSha;
  await mirror.ensure(head);
  const { ledger, blob } = await readLedger(mirror, head, lane.target, lane.application);
  const offer = await observeChosen(ports, scope, { ...heads, head, source: chosen.source, ledger, blob });
  return { source: chosen.source, offer, ...present({ lookAgainAt: chosen.lookAgainAt }), ...(offer.kind === 'none' && offer.condition === 'held' ? {} : present({ supersedes: chosen.supersedes })) };
}

async function chooseSource(ports: ObservePorts, { current, ...scope }: LaneScope, { newest, sourceState }: Heads): Promise<ChosenSource & Pick<Observed, 'lookAgainAt'>> {
  const { onNewSource } = scope.target;
  if (current && scope.pinned) return { source: current.candidate.source };
  if (current?.candidate.members) return { source: newest.commit, supersedes: `${current.candidate.members.map(({ application }) => application).join(' and ')} no longer go together` };
  if (!current || current.candidate.source === newest.commit) return { source: newest.commit };
  const { source } = current.candidate;
  const gone = sourceState.head !== undefined && !(await isBehind(scope.mirror, source, sourceState.head));
  const open = { source, merging: current.state === 'merging', sourceGatesPassed: sourceGatesPassed(scope.target, current.verdicts), gone };
  const { passed, lookAgainAt } = await judgeSource(ports, scope, newest.commit);
  return { ...selectSource({ onNewSource, newest: newest.commit, newestPassed: passed, open }), ...present({ lookAgainAt }) };
}

async function observeChosen(ports: ObservePorts, scope: LaneScope, facts: Facts): Promise<Offer> {
  const review = await reviewFirst(ports, scope, facts.sourceState);
  if (review) return review;
  const hold = await observeHold(ports, scope, facts);
  return hold?.kind === 'held' ? none('held', hold.message) : observeComposition(ports, scope, { ...facts, ...present({ ended: hold?.hold }) });
}

interface Facts extends Pick<Heads, 'sourceState' | 'targetState'>, Partial<Pick<Heads, 'newest'>> {
  /** Known already where the source was chosen by it. */
  readonly origin?: CommitSha;
  readonly heldThere?: CommitSha;
  readonly head: CommitSha;
  readonly source: CommitSha;
  readonly ledger: Ledger | undefined;
  readonly blob: ObjectSha | undefined;
  readonly ended?: Hold;
}

async function observeComposition(ports: ObservePorts, scope: LaneScope, facts: Facts): Promise<Offer> {
  const { mirror, lane, current } = scope;
  const { ledger, source } = facts;
  const tampered = await tamperedAt(mirror, scope, facts.targetState.tampered[lane.application]);
  if (!tampered && ledger && coversPaths(ledger, scope.application) && (await isThere(mirror, ledger, facts))) return none('in-sync', `${lane.target} has ${source.slice(0, 10)}`);
  const base = await findBase(ports.environments, scope, ledger, facts.sourceState.head as CommitSha);
  const bases = await pathBases(ports.environments, scope, { head: facts.head, sourceHead: facts.sourceState.head as CommitSha, ledger: base.ledger });
  const request = { ...(await composeRequest(scope, facts, base)), ...present({ bases, tampered }) };
  const inputsKey = await composeInputsKey(mirror, request, facts.blob);
  if (current?.candidate.inputsKey === inputsKey) return judgeCandidate(ports, scope, { candidate: current.candidate, provenance: { authors: await mappedAuthors(ports, current.authors), commits: [] } });
  return observeNew(ports, scope, facts, { request, inputsKey, since: base.since });
}

interface NewInput {
  readonly request: ComposeRequest;
  readonly inputsKey: string;
  readonly since: CommitSha | undefined;
}

/** Something that composing reads has changed. */
async function observeNew(ports: ObservePorts, scope: LaneScope, facts: Facts, { request, inputsKey, since }: NewInput): Promise<Offer> {
  const { mirror, lane } = scope;
  const resolution = await observeResolution(ports, scope, scope.change);
  const resolving = { ...request, ...present({ resolution }) };
  const composition = await composeOnto(ports, mirror, resolving, inputsKey);
  if (composition.kind === 'conflict' && composition.draft !== undefined) return conflictOffer(resolving, inputsKey, { ...composition, draft: composition.draft });
  if (composition.kind !== 'candidate') return withoutCandidate(composition, lane, facts.source);
  const { candidate, files } = composition;
  const stray = await strayOffer(ports, scope, resolving, candidate);
  if (stray) return stray;
  const place = { ...scope, repository: lane.repository, head: facts.head };
  const { authors, commits } = request.tampered ? await tamperedProvenance(ports, mirror, place, request.tampered) : await collectAuthors(ports, mirror, place, { environment: scope.from, from: since, to: facts.source });
  return judgeCandidate(ports, scope, { candidate, provenance: { authors: withResolvers(authors, candidate), commits }, files });
}

async function composeRequest(scope: LaneScope, facts: Facts, { ledger, alsoOwnedBy }: Base): Promise<ComposeRequest> {
  const { mirror, from, lane } = scope;
  const [commit] = await mirror.firstParent(facts.source, { limit: 1 });
  return {
    repository: lane.repository,
    pipeline: scope.pipeline,
    application: scope.application,
    source: from,
    target: scope.target,
    sourceCommit: facts.source,
    sourceDate: commit?.committedAt ?? 0,
    onto: facts.head,
    ...present({ ledger, alsoOwnedBy, ended: facts.ended }),
    origin: await originOf(scope, facts),
    attempt: scope.status?.attempt ?? 0,
  };
}
