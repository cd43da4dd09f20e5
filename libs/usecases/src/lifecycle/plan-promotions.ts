import { NotFound, commitSha } from '@sluice/kernel';
import type { ApplicationName, CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import { evaluateGates } from '@sluice/gates';
import type { ComposeConflict, ComposeNote, ObjectChange } from '@sluice/manifests';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import type { Mirror } from '../ports/index.js';
import { composeCandidate, composeInputsKey } from './compose-candidate.js';
import type { Composition, ComposeRequest } from './compose-candidate.js';
import { collectAuthors } from './collect-authors.js';
import type { FindingPorts } from './finding-scope.js';
import { observeFindings } from './observe-findings.js';
import { observeGates } from './observe-gates.js';
import type { ObservePorts } from './observe-lane.js';
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
    const from = commits.revision ?? commits.source;
    if (from === undefined) return { ...base, outcome: 'blocked', message: `branch ${lane.from.branch} does not exist` };
    if (commits.onto === undefined) return { ...base, outcome: 'blocked', message: `branch ${lane.target.branch} does not exist` };
    const [content] = await mirror.commitsBetween(undefined, from, contentSelection(lane.pipeline, lane.application), 1);
    if (!content) return { ...base, outcome: 'no-content', message: `there is no content of ${lane.application.name}` };
    const { ledger, blob } = await readLedger(mirror, commits.onto, lane.target.name, lane.application.name);
    const usable = ledger && (await mirror.has(ledger.commit)) && (await mirror.isAncestor(ledger.commit, from)) ? ledger : undefined;
    const request: ComposeRequest = { repository, ...lane, source: lane.from, sourceCommit: content.sha, sourceDate: content.committedAt, onto: commits.onto, ...(usable ? { ledger: usable } : {}), origin: content.sha, attempt: 0 };
    const composition = await composeCandidate(this.ports, mirror, request, await composeInputsKey(mirror, request, blob));
    return { ...base, source: content.sha, ...(await this.outcome(mirror, request, composition)) };
  }

  private async outcome(mirror: Mirror, request: ComposeRequest, composition: Composition): Promise<Partial<PlanItem> & Pick<PlanItem, 'outcome' | 'message'>> {
    switch (composition.kind) {
      case 'in-sync':
        return { outcome: 'in-sync', message: `${request.target.name} has this content` };
      case 'conflict':
        return { outcome: 'conflict', message: composition.conflicts[0]?.message ?? 'conflict', conflicts: composition.conflicts };
      case 'limit':
        return { outcome: 'blocked', message: composition.message };
      case 'candidate':
        return this.candidate(mirror, request, composition);
    }
  }

  private async candidate(mirror: Mirror, request: ComposeRequest, composition: Extract<Composition, { kind: 'candidate' }>): Promise<Partial<PlanItem> & Pick<PlanItem, 'outcome' | 'message'>> {
    const { candidate, files } = composition;
    const { repository, pipeline, application, source, target } = request;
    const { authors } = await collectAuthors(this.ports, mirror, { repository, pipeline, application }, { environment: source, from: request.ledger?.commit, to: request.sourceCommit });
    const lane = { repository, application: application.name, target: target.name };
    const findings = await observeFindings(withoutQuestions(this.ports), { lane, pipeline, application, from: source, target, mirror }, { candidate, previous: [] });
    const observed = { ...(await observeGates(this.ports, { lane, target, from: source }, { candidate, authors, previous: [] })), findings };
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

function withoutQuestions({ questions: _questions, images: _images, ...ports }: ObservePorts): FindingPorts {
  return ports;
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
