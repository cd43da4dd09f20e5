import { NotFound, present } from '@sluice/kernel';
import type { ApplicationName, CommitSha, EnvironmentName, Instant, ObjectSha, RepositoryId } from '@sluice/kernel';
import { evaluateGates } from '@sluice/gates';
import type { Pipeline } from '@sluice/pipeline';
import type { Author, Hold, LaneStatus, Ledger } from '@sluice/promotion';
import type { Heads, Mirror } from '../ports/index.js';
import { composeInputsKey } from './compose-candidate.js';
import type { Composition } from './compose-candidate.js';
import type { ComposeRequest } from './compose-request.js';
import { collectAuthors } from './collect-authors.js';
import { findBase, isBehind } from './find-base.js';
import type { FindingPorts } from './finding-scope.js';
import { observeFindings } from './observe-findings.js';
import { observeGates } from './observe-gates.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import { PlanChain, enterAt, sourceEnvironment } from './plan-chain.js';
import type { Entry, PlanSource, Planned, PlannedContent, PlannedLane } from './plan-chain.js';
import type { PlanItem } from './plan-item.js';
import { coversPaths, pathBases } from './path-bases.js';
import { planJoin } from './plan-join.js';
import type { NotPlanned, PlannedSource } from './plan-join.js';
import { composeOnto } from './compose-onto.js';
import { planObstacle } from './plan-obstacle.js';
import { planTogether } from './plan-together.js';
import type { PlannedUnion } from './plan-together.js';
import { planUnion, shareOf, unionKey, withTogether } from './plan-union.js';
import type { UnionPlan } from './plan-union.js';
import { ReadWhy } from '../queries/read-why.js';
import type { WhyItem } from '../queries/read-why.js';
import { observePredecessors } from './predecessors.js';
import { readLedger } from './read-ledger.js';
import { contentSelection } from './selections.js';
import { showChanges } from './show-changes.js';

export interface PlanRequest {
  readonly repository: RepositoryId;
  /** A full commit name or a branch; absent: the head of each source environment. */
  readonly revision?: string;
  readonly application?: ApplicationName;
  readonly environment?: EnvironmentName;
  /** Evaluates the gates as if it were this time: what is healthy stays so, what is frozen until then is not. */
  readonly at?: Instant;
}

type Outcome = Partial<PlanItem> & Pick<PlanItem, 'outcome' | 'message'>;

interface Scope {
  readonly repository: RepositoryId;
  readonly mirror: Mirror;
  readonly heads: Heads;
}

interface Followed extends Scope {
  readonly chain: PlanChain;
  /** What several applications would get as one, which is composed once. */
  readonly unions: Map<string, Promise<Composed>>;
}

/** What one lane takes, and what it is composed on. */
interface Taken extends PlannedSource {
  readonly onto: CommitSha;
  readonly ledger: Ledger | undefined;
  readonly blob: ObjectSha | undefined;
  readonly status?: LaneStatus;
  readonly ended?: Hold;
}

interface Composed {
  readonly outcome: Outcome;
  readonly result?: CommitSha;
}

/** What each environment would get, before anything exists on the forge. Writes nothing but unreferenced objects in the worker's own mirror. */
export class PlanPromotions {
  private readonly ports: ObservePorts;

  constructor(ports: ObservePorts) {
    this.ports = { ...ports, testRuns: knownTests(ports.testRuns) };
  }

  /** @throws NotFound for an unknown repository, revision, application or environment. */
  async run(request: PlanRequest): Promise<readonly PlanItem[]> {
    const { at, ...now } = request;
    if (at !== undefined) return new PlanPromotions({ ...this.ports, clock: () => at }).run(now);
    const { repository, revision } = request;
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    if (!pipeline) throw new NotFound(`there is no pipeline in repository ${repository}`);
    const lanes = lanesOf(pipeline, request);
    const mirror = await this.ports.mirrors.open(repository);
    const heads = await mirror.refresh();
    const entry = revision === undefined ? undefined : await enterAt(mirror, heads, pipeline, revision);
    return this.follow(lanes, { repository, mirror, heads }, entry);
  }

  /** The same of a commit that is the content of one environment, for the lanes that it would come through. */
  async from(request: Omit<PlanRequest, 'revision'>, { mirror, pipeline, entry }: { readonly mirror: Mirror; readonly pipeline: Pipeline; readonly entry: Entry }): Promise<readonly PlanItem[]> {
    const { at, repository } = request;
    if (at !== undefined) return new PlanPromotions({ ...this.ports, clock: () => at }).from(withoutTime(request), { mirror, pipeline, entry });
    return this.follow(lanesOf(pipeline, request), { repository, mirror, heads: await mirror.refresh() }, entry, true);
  }

  private async follow(lanes: readonly PlannedLane[], scope: Scope, entry: Entry | undefined, onlyItsOwn = false): Promise<readonly PlanItem[]> {
    const unions = new Map<string, Promise<Composed>>();
    const chain: PlanChain = new PlanChain(scope.heads, entry, (lane, source) => this.lane({ ...scope, chain, unions }, lane, source));
    const items: PlanItem[] = [];
    for (const lane of lanes) if (!onlyItsOwn || chain.concerns(lane)) items.push((await chain.plan(lane)).item);
    const { items: waiting } = await new ReadWhy(this.ports, this.ports.clock).run({ repository: scope.repository });
    return items.map((item) => ({ ...item, now: statesOf(item, waiting) }));
  }

  private async lane(scope: Followed, lane: PlannedLane, source: PlanSource): Promise<Planned> {
    const base = { environment: lane.target.name, application: lane.application.name, now: [], changes: [], rendering: [], notes: [], conflicts: [], gates: [] };
    const onto = scope.heads.get(lane.target.branch);
    if (source.kind === 'nothing') return { item: { ...base, outcome: 'blocked', message: source.message } };
    if (onto === undefined) return { item: { ...base, outcome: 'blocked', message: `branch ${lane.target.branch} does not exist` } };
    const { outcome, result } = await this.compose(scope, lane, { source, onto });
    if (source.after === undefined) return { item: { ...base, ...outcome }, ...present({ result }) };
    const { source: _source, digest: _digest, ...known } = outcome;
    return { item: { ...base, ...known, after: source.after }, ...present({ result }) };
  }

  private async compose(scope: Followed, lane: PlannedLane, { source, onto }: { readonly source: PlannedContent; readonly onto: CommitSha }): Promise<{ readonly outcome: Outcome; readonly result?: CommitSha }> {
    const { repository, mirror, chain } = scope;
    const { ledger, blob } = await readLedger(mirror, onto, lane.target.name, lane.application.name);
    const id = { repository, application: lane.application.name, target: lane.target.name };
    const status = await this.ports.promotions.lane(id);
    const isJoin = lane.target.from.length > 1 && source.asItIs === true;
    const taken = isJoin ? await planJoin(this.ports, { repository, mirror, ...lane }, ledger) : await plainSource(mirror, lane, source.commit);
    if ('outcome' in taken) return { outcome: taken };
    const { from, head, content } = taken;
    const together = () => planTogether(this.ports, { repository, mirror, lane, onto, ...(!isJoin && { source: head }), sourceOf: (name) => contentIn(chain, lane, name) });
    const applications = async () => (await together())?.union.members.map(({ name }) => name) ?? [];
    const obstacle = await planObstacle(this.ports, { ...lane, lane: id, from, mirror, together: { newest: head, applications }, ...present({ status }) }, content.sha);
    if (obstacle.kind === 'stuck') return { outcome: { outcome: obstacle.outcome, message: obstacle.message, source: content.sha } };
    const { ended } = obstacle;
    if (!isJoin && (await isThere(mirror, lane, ledger, { source: content.sha, ended }))) return { outcome: { outcome: 'in-sync', message: `${lane.target.name} has this content, or newer`, source: content.sha } };
    const union = await together();
    return union ? this.inUnion(scope, lane, { together: union, source: content.sha, onto }) : this.alone(scope, lane, { ...taken, onto, ledger, blob, ...present({ status, ended }) });
  }

  private async alone({ repository, mirror }: Followed, lane: PlannedLane, { from, head, content, origin, sources, onto, ledger, blob, status, ended }: Taken): Promise<Composed> {
    const found = await findBase(this.ports.environments, { lane: { repository }, mirror, ...lane, from }, ledger, head);
    const bases = await pathBases(this.ports.environments, { lane: { repository }, mirror, ...lane, from }, { head: onto, sourceHead: head, ledger: found.ledger });
    const request: ComposeRequest = { repository, ...lane, source: from, sourceCommit: content.sha, sourceDate: content.committedAt, onto, ...present({ ledger: found.ledger, alsoOwnedBy: found.alsoOwnedBy, ended, bases }), origin, attempt: status?.attempt ?? 0 };
    const id = { repository, application: lane.application.name, target: lane.target.name };
    const authors = async () => (await collectAuthors(this.ports, mirror, { repository, pipeline: lane.pipeline, application: lane.application }, { environment: from, from: found.since, to: content.sha })).authors;
    const { outcome, result } = await this.composed(mirror, { request, authors, lane: { ...lane, lane: id, mirror, from, ...present({ status, sources, passed: status?.passed }) } }, blob);
    return { outcome: withReason(outcome, lane, ledger), ...present({ result }) };
  }

  private async inUnion({ repository, mirror, unions }: Followed, lane: PlannedLane, { together, source, onto }: { readonly together: PlannedUnion; readonly source: CommitSha; readonly onto: CommitSha }): Promise<Composed> {
    const key = unionKey(together, lane.target.name, onto);
    const planned = unions.get(key) ?? planUnion(this.ports, { repository, mirror, ...lane }, together).then((plan) => this.unionOutcome(mirror, plan));
    unions.set(key, planned);
    const { outcome, result } = await planned;
    const { name } = lane.application;
    return { outcome: { ...withTogether(shareOf(outcome, lane.pipeline, together, name), together, name), source }, ...present({ result }) };
  }

  private async unionOutcome(mirror: Mirror, plan: UnionPlan): Promise<Composed> {
    if (plan.kind === 'stuck') return { outcome: plan };
    const { scope, request, composition } = plan;
    const outcome = await this.outcome(mirror, { request, authors: plan.authors, lane: scope }, composition);
    return { outcome, ...present({ result: outcome.outcome === 'closed' ? undefined : headOf(composition) }) };
  }

  private async composed(mirror: Mirror, planned: Planning, blob: ObjectSha | undefined): Promise<{ readonly outcome: Outcome; readonly result?: CommitSha }> {
    const { request } = planned;
    const composition = await composeOnto(this.ports, mirror, request, await composeInputsKey(mirror, request, blob));
    const outcome = { source: request.sourceCommit, ...(await this.outcome(mirror, planned, composition)) };
    return { outcome, ...present({ result: outcome.outcome === 'closed' ? undefined : headOf(composition) }) };
  }

  private async outcome(mirror: Mirror, planned: Planning, composition: Composition): Promise<Outcome> {
    switch (composition.kind) {
      case 'in-sync':
        return { outcome: 'in-sync', message: `${planned.request.target.name} has this content` };
      case 'conflict':
        return { outcome: 'conflict', message: composition.conflicts[0]?.message ?? 'conflict', conflicts: composition.conflicts };
      case 'limit':
        return { outcome: 'blocked', message: composition.message };
      case 'candidate':
        return this.candidate(mirror, planned, composition);
    }
  }

  private async candidate(mirror: Mirror, planned: Planning, composition: Extract<Composition, { kind: 'candidate' }>): Promise<Outcome> {
    const { candidate, files } = composition;
    const { application, target } = planned.request;
    const { lane, status } = planned.lane;
    const authors = await planned.authors();
    const after = await observePredecessors(this.ports, planned.lane);
    const findings = await observeFindings(withoutQuestions(this.ports), planned.lane, { candidate, previous: [] });
    const observed = { ...(await observeGates(this.ports, planned.lane, { candidate, authors, previous: [] })), findings, ...present({ after }) };
    const { changes, message, rendering } = await showChanges(this.ports, mirror, { application, onto: candidate.onto, head: candidate.head, ...files });
    const isClosed = status?.closed === candidate.fingerprint && !(await this.ports.promotions.current(lane));
    return {
      outcome: isClosed ? 'closed' : candidate.kind,
      message: isClosed ? status.message : (message ?? describeKind(candidate.kind, changes.length)),
      digest: candidate.digest,
      changes,
      rendering,
      notes: candidate.notes,
      gates: evaluateGates(target, candidate.kind, observed, this.ports.clock()),
    };
  }
}

function withoutTime({ at: _at, ...now }: Omit<PlanRequest, 'revision'>): Omit<PlanRequest, 'revision' | 'at'> {
  return now;
}

interface Planning {
  readonly request: ComposeRequest;
  readonly authors: () => Promise<readonly Author[]>;
  readonly lane: LaneScope;
}

/** What a lane's source has of another application, as far as the plan has come. */
async function contentIn(chain: PlanChain, lane: PlannedLane, name: ApplicationName): Promise<CommitSha | undefined> {
  const application = lane.pipeline.applications.find((candidate) => candidate.name === name);
  const source = application && (await chain.sourceOf({ ...lane, application }));
  return source?.kind === 'content' ? source.commit : undefined;
}

/** The newest content at a commit. */
async function plainSource(mirror: Mirror, lane: PlannedLane, head: CommitSha): Promise<PlannedSource | NotPlanned> {
  const [content] = await mirror.commitsBetween(undefined, head, contentSelection(lane.pipeline, lane.application), 1);
  if (!content) return { outcome: 'no-content', message: `there is no content of ${lane.application.name}` };
  return { from: lane.from, head, content, origin: content.sha };
}

/** Where a hold has ended and the ledger stayed, the same commit is promoted once more. */
async function isThere(mirror: Mirror, { application }: PlannedLane, ledger: Ledger | undefined, { source, ended }: { readonly source: CommitSha; readonly ended: Hold | undefined }): Promise<boolean> {
  if (!ledger || !coversPaths(ledger, application) || (ended && ledger.commit === source)) return false;
  return isBehind(mirror, source, ledger.commit);
}

function withReason(outcome: Outcome, { target, from }: PlannedLane, ledger: Ledger | undefined): Outcome {
  if (outcome.outcome !== 'adopt' || !ledger) return outcome;
  return { ...outcome, message: `${outcome.message}: what ${target.name} has from ${from.name} (${ledger.commit.slice(0, 10)}) is not in this history` };
}

/** Of its environment, what concerns all of it. */
function statesOf({ application, environment }: PlanItem, waiting: readonly WhyItem[]): PlanItem['now'] {
  const own = waiting.filter((item) => item.environment === environment && (item.application === undefined || item.application === application));
  return own.map(({ condition, message }) => ({ condition, message }));
}

/** What was run, and nothing more: a plan orders no test. */
function knownTests(testRuns: ObservePorts['testRuns']): ObservePorts['testRuns'] {
  return { newest: (subject) => testRuns.newest(subject), open: (...place) => testRuns.open(...place), allowed: (clusters) => testRuns.allowed(clusters) };
}

function withoutQuestions({ questions: _questions, images: _images, ...ports }: ObservePorts): FindingPorts {
  return ports;
}

function describeKind(kind: 'change' | 'record-only' | 'adopt', objects: number): string {
  if (kind === 'record-only') return 'the target has this content already; only its ledger would move on';
  return `${objects} object${objects === 1 ? '' : 's'} would change${kind === 'adopt' ? ' (no record of an earlier promotion: it would wait for a person)' : ''}`;
}

function headOf(composition: Composition): CommitSha | undefined {
  return composition.kind === 'candidate' ? composition.candidate.head : undefined;
}

function lanesOf(pipeline: Pipeline, request: PlanRequest): readonly PlannedLane[] {
  const applications = pipeline.applications.filter((application) => request.application === undefined || application.name === request.application);
  if (applications.length === 0) throw new NotFound(`there is no application ${request.application ?? ''}`);
  const targets = pipeline.environments.filter((environment) => environment.from.length > 0 && (request.environment === undefined || environment.name === request.environment));
  if (targets.length === 0) throw new NotFound(`nothing is promoted to ${request.environment ?? 'any environment'}`);
  return targets.flatMap((target) => {
    const from = sourceEnvironment(pipeline, target);
    return from ? applications.map((application) => ({ pipeline, application, from, target })) : [];
  });
}
