import { later } from '@sluice/kernel';
import type { ApplicationName, CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Environment, Pipeline } from '@sluice/pipeline';
import { CURRENT_STATES, promotionBranch } from '@sluice/promotion';
import { imageTargets } from '../images/update-images.js';
import type { Heads, Mirror, WakeTarget } from '../ports/index.js';
import { allPages } from '../queries/all-pages.js';
import { indexEnvironment } from './index-environment.js';
import type { IndexOutcome } from './index-environment.js';
import { noteReverts } from './note-reverts.js';
import { pinBases } from './pin-bases.js';
import type { LifecyclePorts } from './ports.js';
import { readPipeline } from './read-pipeline.js';
import { returnHotfixes } from './return-hotfixes.js';
import { withLease } from './with-lease.js';

/** More open requests than any repository has. */
const MAX_OPEN = 20_000;

type Ports = Pick<LifecyclePorts, 'repositories' | 'environments' | 'promotions' | 'mirrors' | 'reader' | 'wakes' | 'events' | 'audit' | 'leases' | 'clock' | 'settings' | 'changes' | 'memory'>;

/** What one look at a repository has read. */
interface Observation {
  readonly id: RepositoryId;
  readonly pipeline: Pipeline;
  readonly heads: Heads;
  readonly outcomes: ReadonlyMap<EnvironmentName, IndexOutcome>;
  /** The commit of the pipeline that was in force before, and of the one that is now. */
  readonly before: CommitSha | undefined;
  readonly commit: CommitSha | undefined;
}

/** Looks at a repository: fetches when a branch moved, reads the pipeline file, brings every environment's index up to date and wakes what that concerns. */
export class ObserveRepository {
  /** Repositories of which this process has pinned every base that their ledgers name. */
  private readonly pinned = new Set<RepositoryId>();

  constructor(private readonly ports: Ports) {}

  /** @throws Unavailable when the repository cannot be reached (the job is retried). */
  async run(id: RepositoryId): Promise<void> {
    const target: WakeTarget = { kind: 'repository', repository: id };
    const { worker } = this.ports.settings;
    const done = await withLease(this.ports.leases, { key: `observe:${id}`, worker }, () => this.observe(id));
    if (!done) await this.ports.wakes.wakeAt(`observe:${id}`, target, later(this.ports.clock(), 1_000));
  }

  private async observe(id: RepositoryId): Promise<void> {
    const repository = await this.ports.repositories.get(id);
    // disconnected meanwhile
    if (!repository) return;
    const mirror = await this.ports.mirrors.open(id);
    const heads = await mirror.refresh();
    const before = await this.ports.repositories.pipeline(id);
    const record = await readPipeline(this.ports, repository, mirror, heads.get(repository.configBranch));
    if (record.checkedCommit !== before?.checkedCommit) await this.reportPipeline(id, record.diagnostics.length);
    const { pipeline } = record;
    if (!pipeline) return;
    const outcomes = new Map<EnvironmentName, IndexOutcome>();
    for (const environment of pipeline.environments) {
      outcomes.set(environment.name, await indexEnvironment(this.ports, mirror, { repository: id, pipeline, environment, head: heads.get(environment.branch), sourceHeads: sourceHeads(pipeline, environment, heads) }));
    }
    const states = [...outcomes.values()].map(({ state }) => state);
    await this.tell({ id, pipeline, heads, outcomes, before: before?.commit, commit: record.commit });
    await this.pin(id, mirror, pipeline, outcomes);
    await noteReverts(this.ports, mirror, states);
    await returnHotfixes(this.ports, { repository: id, pipeline, mirror, heads, states });
  }

  /** Wakes what concerns what was read. What a worker had read but told nobody of when it ended is seen by what was told last: then everybody is told. */
  private async tell({ id, pipeline, heads, outcomes, before, commit }: Observation): Promise<void> {
    const told = await this.ports.memory.get(toldKey(id));
    const reconfigured = commit !== before || told !== seen(before, outcomes, (outcome) => outcome.before);
    await this.ports.wakes.wake(...concerned(id, pipeline, outcomes, reconfigured), ...(await this.openLanes(id, outcomes, reconfigured)), ...(await this.draftLanes(id, heads, outcomes)), ...(reconfigured || !this.pinned.has(id) ? imageTargets(id, pipeline) : []));
    const now = seen(commit, outcomes, ({ state }) => state.head);
    if (now !== told) await this.ports.memory.put(toldKey(id), now);
  }

  /** After the wakes: no promotion waits for it. What could not be pinned, or was not because a process ended, is pinned at the next first look. */
  private async pin(id: RepositoryId, mirror: Mirror, pipeline: Pipeline, outcomes: ReadonlyMap<EnvironmentName, IndexOutcome>): Promise<void> {
    const everything = !this.pinned.delete(id);
    for (const environment of pipeline.environments) {
      const { state, touched = [] } = outcomes.get(environment.name) ?? {};
      const applications = everything ? pipeline.applications.map(({ name }) => name) : touched;
      if (environment.from.length > 0 && state?.head && applications.length > 0) await pinBases(mirror, { environment, head: state.head }, applications);
    }
    this.pinned.add(id);
  }

  private async reportPipeline(id: RepositoryId, problems: number): Promise<void> {
    const message = problems === 0 ? 'the pipeline file was read' : `the pipeline file has ${problems} problems; the last good one stays in force`;
    await this.ports.events.append({ type: problems === 0 ? 'pipeline.read' : 'pipeline.broken', repository: id, message });
  }

  /** When nothing moved this was a sweep: look again at every open request, in case a message about it was lost. After a reconfiguration also at lanes that are gone. */
  private async openLanes(id: RepositoryId, outcomes: ReadonlyMap<EnvironmentName, IndexOutcome>, reconfigured: boolean): Promise<readonly WakeTarget[]> {
    if (!reconfigured && [...outcomes.values()].some((outcome) => outcome.moved)) return [];
    const open = await allPages(this.ports.promotions, { repository: id, states: CURRENT_STATES }, MAX_OPEN);
    return open.map((promotion) => ({ kind: 'lane', repository: id, application: promotion.application, target: promotion.target }));
  }

  /** Lanes with a draft to whose branch somebody has pushed: that moves no environment. A sweep looks at all of them. */
  private async draftLanes(id: RepositoryId, heads: Heads, outcomes: ReadonlyMap<EnvironmentName, IndexOutcome>): Promise<readonly WakeTarget[]> {
    const isSweep = [...outcomes.values()].every(({ moved }) => !moved);
    const lanes = (await this.ports.promotions.lanes(id)).filter(({ application, target, draft }) => draft?.change && (isSweep || heads.get(promotionBranch(target, application)) !== draft.head));
    return lanes.map(({ application, target }) => ({ kind: 'lane', repository: id, application, target }));
  }
}

/** Up to where lanes have been told: a pipeline file and the heads of its environments. */
function toldKey(repository: RepositoryId): string {
  return `told:${repository}`;
}

function seen(pipeline: CommitSha | undefined, outcomes: ReadonlyMap<EnvironmentName, IndexOutcome>, head: (outcome: IndexOutcome) => CommitSha | undefined): string {
  return [`pipeline ${pipeline ?? ''}`, ...[...outcomes].map(([name, outcome]) => `${name} ${head(outcome) ?? ''}`)].join('\n');
}

/** Heads of the branches that an environment is promoted from, as far as they are there. */
export function sourceHeads(pipeline: Pipeline, { from }: Environment, heads: Heads): readonly CommitSha[] {
  return pipeline.environments.flatMap(({ name, branch }) => (from.includes(name) ? (heads.get(branch) ?? []) : []));
}

/** Lanes into and out of every environment that moved, for the applications that it concerns, and the environments themselves. */
function concerned(repository: RepositoryId, pipeline: Pipeline, outcomes: ReadonlyMap<EnvironmentName, IndexOutcome>, reconfigured: boolean): readonly WakeTarget[] {
  const targets: WakeTarget[] = [];
  for (const environment of pipeline.environments) {
    const outcome = outcomes.get(environment.name);
    if (!outcome || (!outcome.moved && !reconfigured)) continue;
    targets.push({ kind: 'environment', repository, environment: environment.name });
    const touched = reconfigured ? pipeline.applications.map((application) => application.name) : outcome.touched;
    targets.push(...lanesAround(repository, pipeline, environment, touched));
  }
  return targets;
}

function lanesAround(repository: RepositoryId, pipeline: Pipeline, environment: Environment, applications: readonly ApplicationName[]): readonly WakeTarget[] {
  const neighbours = pipeline.environments.filter((other) => other.from.includes(environment.name) || (other.name === environment.name && other.from.length > 0));
  return neighbours.flatMap((other) => applications.map((application): WakeTarget => ({ kind: 'lane', repository, application, target: other.name })));
}
