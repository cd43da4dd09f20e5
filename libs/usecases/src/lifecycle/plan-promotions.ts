import { NotFound, commitSha, present } from '@sluice/kernel';
import type { ApplicationName, CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import { evaluateGates } from '@sluice/gates';
import type { ComposeConflict, ComposeNote, ObjectChange } from '@sluice/manifests';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import type { Mirror } from '../ports/index.js';
import { composeCandidate, composeInputsKey } from './compose-candidate.js';
import type { Composition, ComposeRequest } from './compose-candidate.js';
import { collectAuthors } from './collect-authors.js';
import { findBase } from './find-base.js';
import { observeGates } from './observe-gates.js';
import type { SourceCommit } from './observe-gates.js';
import type { ObservePorts } from './observe-lane.js';
import { planJoin } from './plan-join.js';
import type { NotPlanned, PlannedSource } from './plan-join.js';
import { observePredecessors } from './predecessors.js';
import { readLedger } from './read-ledger.js';
import { contentSelection } from './selections.js';

export interface PlanRequest {
  readonly repository: RepositoryId;
  /** A full commit name or a branch; absent: the head of each source environment. */
  readonly revision?: string;
  readonly application?: ApplicationName;
  readonly environment?: EnvironmentName;
}

export interface PlanItem {
  readonly environment: EnvironmentName;
  readonly application: ApplicationName;
  readonly outcome: 'in-sync' | 'change' | 'record-only' | 'conflict' | 'adopt' | 'blocked' | 'no-content';
  readonly message: string;
  readonly source?: CommitSha;
  readonly digest?: string;
  readonly changes: readonly ObjectChange[];
  readonly notes: readonly ComposeNote[];
  readonly conflicts: readonly ComposeConflict[];
  readonly gates: readonly Verdict[];
}

interface Lane {
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly from: Environment;
  readonly target: Environment;
}

/** What each environment would get, before anything exists on the forge. Writes nothing but unreferenced objects in the worker's own mirror. */
export class PlanPromotions {
  constructor(private readonly ports: ObservePorts) {}

  /** @throws NotFound for an unknown repository, revision, application or environment. */
  async run(request: PlanRequest): Promise<readonly PlanItem[]> {
    const pipeline = (await this.ports.repositories.pipeline(request.repository))?.pipeline;
    if (!pipeline) throw new NotFound(`there is no pipeline in repository ${request.repository}`);
    const lanes = lanesOf(pipeline, request);
    const mirror = await this.ports.mirrors.open(request.repository);
    const heads = await mirror.refresh();
    const revision = request.revision === undefined ? undefined : await resolve(mirror, heads, request.revision);
    const items: PlanItem[] = [];
    for (const lane of lanes) items.push(await this.item(request.repository, mirror, lane, { revision, source: heads.get(lane.from.branch), onto: heads.get(lane.target.branch) }));
    return items;
  }

  private async item(repository: RepositoryId, mirror: Mirror, lane: Lane, commits: { revision: CommitSha | undefined; source: CommitSha | undefined; onto: CommitSha | undefined }): Promise<PlanItem> {
    const base = { environment: lane.target.name, application: lane.application.name, changes: [], notes: [], conflicts: [], gates: [] };
    if (commits.onto === undefined) return { ...base, outcome: 'blocked', message: `branch ${lane.target.branch} does not exist` };
    const { ledger, blob } = await readLedger(mirror, commits.onto, lane.target.name, lane.application.name);
    const planned = lane.target.from.length > 1 && commits.revision === undefined ? await planJoin(this.ports, { repository, mirror, ...lane }, ledger) : await plainSource(mirror, lane, commits);
    if ('outcome' in planned) return { ...base, ...planned };
    const { from, head, content, origin, sources } = planned;
    const found = await findBase(this.ports.environments, { lane: { repository }, mirror, ...lane, from }, ledger, head);
    const request: ComposeRequest = { repository, ...lane, source: from, sourceCommit: content.sha, sourceDate: content.committedAt, onto: commits.onto, ...present({ ledger: found.ledger, alsoOwnedBy: found.alsoOwnedBy }), origin, attempt: 0 };
    const composition = await composeCandidate(this.ports, mirror, request, await composeInputsKey(mirror, request, blob));
    return { ...base, source: content.sha, ...(await this.outcome(mirror, { request, since: found.since, ...present({ sources }) }, composition)) };
  }

  private async outcome(mirror: Mirror, planned: Planned, composition: Composition): Promise<Partial<PlanItem> & Pick<PlanItem, 'outcome' | 'message'>> {
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

  private async candidate(mirror: Mirror, { request, since, sources }: Planned, composition: Extract<Composition, { kind: 'candidate' }>): Promise<Partial<PlanItem> & Pick<PlanItem, 'outcome' | 'message'>> {
    const { candidate, files } = composition;
    const { repository, pipeline, application, source, target } = request;
    const { authors } = await collectAuthors(this.ports, mirror, { repository, pipeline, application }, { environment: source, from: since, to: request.sourceCommit });
    const lane = { repository, application: application.name, target: target.name };
    const status = await this.ports.promotions.lane(lane);
    const after = await observePredecessors(this.ports, { lane, pipeline, application, target });
    const observed = { ...(await observeGates(this.ports, { lane, target, from: source, ...present({ sources, passed: status?.passed }) }, { candidate, authors, previous: [] })), ...present({ after }) };
    const diff = await this.ports.reader.diff(files.before, files.after);
    return {
      outcome: candidate.kind,
      message: 'kind' in diff ? diff.message : describeKind(candidate.kind, diff.length),
      digest: candidate.digest,
      changes: 'kind' in diff ? [] : diff,
      notes: candidate.notes,
      gates: evaluateGates(target, candidate.kind, observed, this.ports.clock()),
    };
  }
}

interface Planned {
  readonly request: ComposeRequest;
  readonly since: CommitSha | undefined;
  readonly sources?: readonly SourceCommit[];
}

/** The newest content of the source's branch, or of a commit that somebody asks about. */
async function plainSource(mirror: Mirror, lane: Lane, commits: { readonly revision: CommitSha | undefined; readonly source: CommitSha | undefined }): Promise<PlannedSource | NotPlanned> {
  const head = commits.revision ?? commits.source;
  if (head === undefined) return { outcome: 'blocked', message: `branch ${lane.from.branch} does not exist` };
  const [content] = await mirror.commitsBetween(undefined, head, contentSelection(lane.pipeline, lane.application), 1);
  if (!content) return { outcome: 'no-content', message: `there is no content of ${lane.application.name}` };
  return { from: lane.from, head, content, origin: content.sha };
}

function describeKind(kind: 'change' | 'record-only' | 'adopt', objects: number): string {
  if (kind === 'record-only') return 'the target has this content already; only its ledger would move on';
  return `${objects} object${objects === 1 ? '' : 's'} would change${kind === 'adopt' ? ' (no record of an earlier promotion: it would wait for a person)' : ''}`;
}

function lanesOf(pipeline: Pipeline, request: PlanRequest): readonly Lane[] {
  const applications = pipeline.applications.filter((application) => request.application === undefined || application.name === request.application);
  if (applications.length === 0) throw new NotFound(`there is no application ${request.application ?? ''}`);
  const targets = pipeline.environments.filter((environment) => environment.from.length > 0 && (request.environment === undefined || environment.name === request.environment));
  if (targets.length === 0) throw new NotFound(`nothing is promoted to ${request.environment ?? 'any environment'}`);
  return targets.flatMap((target) => {
    const from = pipeline.environments.find((environment) => environment.name === target.from[0]);
    return from ? applications.map((application) => ({ pipeline, application, from, target })) : [];
  });
}

async function resolve(mirror: Mirror, heads: ReadonlyMap<string, CommitSha>, revision: string): Promise<CommitSha> {
  const head = heads.get(revision);
  if (head !== undefined) return head;
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(revision)) throw new NotFound(`${JSON.stringify(revision.slice(0, 80))} is neither a branch nor a full commit name`);
  const commit = commitSha(revision);
  await mirror.ensure(commit);
  return commit;
}
