import type { CommitSha, ObjectSha } from '@sluice/kernel';
import { messageOf, present } from '@sluice/kernel';
import { evaluateGate, evaluateGates, isSourceGate, overall } from '@sluice/gates';
import type { GateObservations } from '@sluice/gates';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { requestBody, selectSource } from '@sluice/promotion';
import type { Candidate, Hold, LaneCondition, LaneId, LaneStatus, Ledger, Promotion, Verdict } from '@sluice/promotion';
import type { ChangeRequest, ContentHead, EnvironmentState, Mirror, PipelineRecord } from '../ports/index.js';
import { collectAuthors, mappedAuthors } from './collect-authors.js';
import type { Provenance } from './collect-authors.js';
import { composeCandidate, composeInputsKey } from './compose-candidate.js';
import type { ComposedFiles, ComposeRequest, Composition } from './compose-candidate.js';
import type { LaneView, Offer } from './lane-view.js';
import { observeGates } from './observe-gates.js';
import { observeHold } from './observe-hold.js';
import { conflictOffer, observeResolution, strayOffer, withResolvers } from './observe-resolution.js';
import type { LifecyclePorts } from './ports.js';
import { readLedger } from './read-ledger.js';
import { undoneContent } from './undone-content.js';
import { unreviewedMessage, unreviewedOf } from './unreviewed.js';

export type ObservePorts = Pick<LifecyclePorts, 'clock' | 'repositories' | 'environments' | 'promotions' | 'approvals' | 'people' | 'clusters' | 'mirrors' | 'reader' | 'changes' | 'reviews' | 'statuses' | 'pushes' | 'memory' | 'settings'>;

interface Scope {
  readonly lane: LaneId;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly target: Environment;
  readonly from: Environment;
  readonly mirror: Mirror;
  readonly status?: LaneStatus;
  readonly current?: Promotion;
}

/** Gathers everything that deciding about a lane needs. Composes only when something that composing reads has changed. */
export async function observeLane(ports: ObservePorts, lane: LaneId): Promise<LaneView> {
  const [status, current] = [await ports.promotions.lane(lane), await ports.promotions.current(lane)];
  const open = current ? current.change : status?.draft?.change;
  const change = open && (await ports.changes.get(lane.repository, open.number));
  const view = { lane, now: ports.clock(), publicUrl: ports.settings.publicUrl, ...present({ status, current, change }) };
  const place = placeOf(await ports.repositories.pipeline(lane.repository), lane);
  if (!place) return { ...view, offer: none('blocked', `the pipeline no longer promotes ${lane.application} to ${lane.target}`) };
  const mirror = await ports.mirrors.open(lane.repository);
  const scope: Scope = { lane, ...place, mirror, ...present({ status, current }) };
  return { ...view, target: place.target, from: place.from, ...(await observeOffer(ports, scope, change)) };
}

/** The lane in the pipeline; undefined when it is not there (any more). */
function placeOf(record: PipelineRecord | undefined, lane: LaneId): Pick<Scope, 'pipeline' | 'application' | 'target' | 'from'> | undefined {
  const pipeline = record?.pipeline;
  const application = pipeline?.applications.find((candidate) => candidate.name === lane.application);
  const target = pipeline?.environments.find((candidate) => candidate.name === lane.target);
  const from = pipeline?.environments.find((candidate) => candidate.name === target?.from[0]);
  return pipeline && application && target && from ? { pipeline, application, target, from } : undefined;
}

type Observed = Pick<LaneView, 'offer' | 'source' | 'supersedes'>;

async function observeOffer(ports: ObservePorts, scope: Scope, change: ChangeRequest | undefined): Promise<Observed> {
  const { lane, from, target } = scope;
  const [sourceState, targetState] = [await ports.environments.state(lane.repository, from.name), await ports.environments.state(lane.repository, target.name)];
  if (!sourceState?.head) return { offer: none('blocked', sourceState?.message ?? `branch ${from.branch} of ${from.name} has not been read yet`) };
  if (!targetState?.head) return { offer: none('blocked', targetState?.message ?? `branch ${target.branch} of ${target.name} has not been read yet`) };
  const newest = await ports.environments.content(lane.repository, from.name, lane.application);
  if (!newest) return { offer: none('no-content', `${from.name} has no content of ${lane.application}`) };
  return observeCandidate(ports, scope, { sourceState, targetState, newest, change });
}

/** What agents of the source do not get goes no further either. */
async function reviewFirst(ports: ObservePorts, { lane, from }: Scope, sourceState: EnvironmentState): Promise<Offer | undefined> {
  const unreviewed = (await unreviewedOf(ports, from, sourceState)).filter(({ applications }) => applications.includes(lane.application));
  return unreviewed.length > 0 ? none('waiting', `${from.name} has commits that are ${unreviewedMessage(from.name, unreviewed)}`) : undefined;
}

interface Heads {
  readonly sourceState: EnvironmentState;
  readonly targetState: EnvironmentState;
  readonly newest: ContentHead;
  readonly change: ChangeRequest | undefined;
}

async function observeCandidate(ports: ObservePorts, scope: Scope, heads: Heads): Promise<Observed> {
  const { current, mirror, lane } = scope;
  const review = await reviewFirst(ports, scope, heads.sourceState);
  if (review) return { offer: review };
  const chosen = selectSource({
    onNewSource: scope.target.onNewSource,
    newest: heads.newest.commit,
    newestPassed: current !== undefined && current.candidate.source !== heads.newest.commit && (await sourceGatesPass(ports, scope, heads.newest.commit)),
    ...(current ? { open: { source: current.candidate.source, merging: current.state === 'merging', sourceGatesPassed: sourceGatesPassed(scope.target, current.verdicts) } } : {}),
  });
  const head = heads.targetState.head as CommitSha;
  await mirror.ensure(head);
  const { ledger, blob } = await readLedger(mirror, head, lane.target, lane.application);
  const hold = await observeHold(ports, scope, { ...heads, source: chosen.source });
  if (hold?.kind === 'held') return { source: chosen.source, offer: none('held', hold.message) };
  const offer = await observeComposition(ports, scope, { ...heads, head, source: chosen.source, ledger, blob, ...present({ ended: hold?.hold }) });
  return { source: chosen.source, offer, ...present({ supersedes: chosen.supersedes }) };
}

interface Facts extends Heads {
  readonly head: CommitSha;
  readonly source: CommitSha;
  readonly ledger: Ledger | undefined;
  readonly blob: ObjectSha | undefined;
  readonly ended?: Hold;
}

async function observeComposition(ports: ObservePorts, scope: Scope, facts: Facts): Promise<Offer> {
  const { mirror, lane, current } = scope;
  const { ledger, source } = facts;
  if (await isPromoted(mirror, facts)) return none('in-sync', `${lane.target} has ${source.slice(0, 10)}`);
  const usable = ledger && (await isBehind(mirror, ledger.commit, facts.sourceState.head as CommitSha)) ? ledger : undefined;
  const request = await composeRequest(scope, facts, usable);
  const inputsKey = await composeInputsKey(mirror, request, facts.blob);
  if (current?.candidate.inputsKey === inputsKey) return judged(ports, scope, { candidate: current.candidate, provenance: { authors: await mappedAuthors(ports, current.authors), commits: [] } });
  return observeNew(ports, scope, facts, { request, inputsKey });
}

/** Something that composing reads has changed. */
async function observeNew(ports: ObservePorts, scope: Scope, facts: Facts, { request, inputsKey }: { readonly request: ComposeRequest; readonly inputsKey: string }): Promise<Offer> {
  const { mirror, lane } = scope;
  const resolution = await observeResolution(ports, scope, facts.change);
  const resolving = { ...request, ...present({ resolution }) };
  const composition = await composeOnto(ports, mirror, resolving, inputsKey);
  if (composition.kind === 'conflict' && composition.draft !== undefined) return conflictOffer(resolving, inputsKey, { ...composition, draft: composition.draft });
  if (composition.kind !== 'candidate') return withoutCandidate(composition, lane, facts.source);
  const { candidate, files } = composition;
  const stray = await strayOffer(ports, scope, resolving, candidate);
  if (stray) return stray;
  const { authors, commits } = await collectAuthors(ports, mirror, { ...scope, repository: lane.repository }, { environment: scope.from, from: request.ledger?.commit, to: facts.source });
  return judged(ports, scope, { candidate, provenance: { authors: withResolvers(authors, candidate), commits }, files });
}

async function isPromoted(mirror: Mirror, { ledger, source, ended }: Facts): Promise<boolean> {
  if (!ledger) return false;
  return ledger.commit === source ? !ended : isBehind(mirror, source, ledger.commit);
}

/** Where a hold has ended, what was undone is composed in first. */
async function composeOnto(ports: ObservePorts, mirror: Mirror, request: ComposeRequest, inputsKey: string): Promise<Composition> {
  const overlay = request.ledger && request.ended ? await undoneContent(ports, mirror, request, request.ended) : undefined;
  if (overlay && 'kind' in overlay) return overlay;
  return composeCandidate(ports, mirror, { ...request, ...present({ overlay }) }, inputsKey);
}

function withoutCandidate(composition: Exclude<Composition, { kind: 'candidate' }>, lane: LaneId, source: CommitSha): Offer {
  switch (composition.kind) {
    case 'in-sync':
      return none('in-sync', `${lane.target} has the content of ${source.slice(0, 10)}`);
    case 'conflict':
      return { ...none('conflicted', `${source.slice(0, 10)} cannot be composed onto ${lane.target}: ${composition.conflicts[0]?.message ?? 'conflict'}`), conflicts: composition.conflicts };
    case 'limit':
      return none('blocked', composition.message);
  }
}

async function isBehind(mirror: Mirror, ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
  return (await mirror.has(ancestor)) && mirror.isAncestor(ancestor, descendant);
}

/** The commit of the first environment that the source's content comes from. A ledger that came after the content (it was only recorded) knows better than the one that came with it. */
async function originOf({ mirror, from, lane }: Scope, { source, newest }: Facts): Promise<CommitSha> {
  if (from.from.length === 0) return source;
  if (source === newest.commit && newest.from) return newest.from.origin;
  const { ledger } = await readLedger(mirror, source, from.name, lane.application);
  return ledger?.origin ?? source;
}

async function composeRequest(scope: Scope, facts: Facts, ledger: Ledger | undefined): Promise<ComposeRequest> {
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
    ...present({ ledger, ended: facts.ended }),
    origin: await originOf(scope, facts),
    attempt: scope.status?.attempt ?? 0,
  };
}

interface Composed {
  readonly candidate: Candidate;
  readonly provenance: Provenance;
  readonly files?: ComposedFiles;
}

async function judged(ports: ObservePorts, scope: Scope, composed: Composed): Promise<Offer> {
  const { candidate, provenance } = composed;
  const same = scope.current?.candidate.digest === candidate.digest ? scope.current : undefined;
  const observed = await observeGates(ports, scope, { candidate, authors: provenance.authors, previous: same?.verdicts ?? [] });
  const verdicts = evaluateGates(scope.target, candidate.kind, observed, ports.clock());
  const offer = { kind: 'candidate' as const, candidate, verdicts, authors: provenance.authors };
  return composed.files ? { ...offer, body: await describe(ports, scope, { ...composed, files: composed.files, verdicts }) } : offer;
}

async function describe(ports: ObservePorts, scope: Scope, composed: Composed & { readonly files: ComposedFiles; readonly verdicts: readonly Verdict[] }): Promise<string> {
  const { candidate, provenance, files, verdicts } = composed;
  const diff = await ports.reader.diff(files.before, files.after).catch((error: unknown) => ({ kind: 'limit' as const, message: `no diff: ${messageOf(error)}` }));
  const { lane } = scope;
  const id = `${lane.target}-${lane.application}-${candidate.digest.slice(0, 12)}`;
  return requestBody({
    promotion: { id: id as Promotion['id'], application: lane.application, from: scope.from.name, target: lane.target, attempt: scope.status?.attempt ?? 0, candidate, authors: provenance.authors, verdicts, ...present({ requester: scope.status?.requester }) },
    changes: 'kind' in diff ? [] : diff,
    ...('kind' in diff ? { diffMessage: diff.message } : {}),
    commits: provenance.commits,
    promotionUrl: `${ports.settings.publicUrl}/promotions/${lane.repository}/${id}`,
  });
}

function sourceGatesPassed(target: Environment, verdicts: readonly Verdict[]): boolean {
  return target.gates.filter(isSourceGate).every((gate) => verdicts.some((verdict) => verdict.gate === gate.name && verdict.outcome === 'pass'));
}

async function sourceGatesPass(ports: ObservePorts, scope: Scope, source: CommitSha): Promise<boolean> {
  const observed: GateObservations = await observeGates(ports, scope, { candidate: { source }, authors: [], previous: [] });
  return overall(scope.target.gates.filter(isSourceGate).map((gate) => evaluateGate(gate, observed, ports.clock()))) === 'pass';
}

function none(condition: LaneCondition, message: string): Extract<Offer, { kind: 'none' }> {
  return { kind: 'none', condition, message, conflicts: [] };
}
