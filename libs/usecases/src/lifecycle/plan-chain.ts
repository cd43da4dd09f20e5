import { NotFound, commitSha } from '@sluice/kernel';
import type { CommitSha, EnvironmentName } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { Heads, Mirror } from '../ports/index.js';
import type { PlanItem } from './plan-item.js';

export interface PlannedLane {
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly from: Environment;
  readonly target: Environment;
}

/** What one lane would do. */
export interface Planned {
  readonly item: PlanItem;
  /** What the target's branch would be at; absent when nothing would be merged. */
  readonly result?: CommitSha;
}

/** Content that a lane takes. `after`: as the environment would be after its own promotion · `asItIs`: the source's branch, which no revision passes. */
export interface PlannedContent {
  readonly kind: 'content';
  readonly commit: CommitSha;
  readonly after?: EnvironmentName;
  readonly asItIs?: true;
}

/** Where a lane takes its content from. */
export type PlanSource = PlannedContent | { readonly kind: 'nothing'; readonly message: string };

/** A revision, and the environments whose content it is taken as. */
export interface Entry {
  readonly commit: CommitSha;
  readonly environments: ReadonlySet<EnvironmentName>;
}

/** A lane that gets no further by itself. */
const STUCK: ReadonlySet<PlanItem['outcome']> = new Set(['conflict', 'blocked', 'held', 'closed', 'waiting']);

/**
 * A revision on its way through the environments: where it enters, an environment has it; the next gets it from there; the one after that gets what the next would have then. Environments that it does
 * not pass are planned from their sources as they are, and so is everything when there is no revision.
 */
export class PlanChain {
  private readonly planned = new Map<string, Promise<Planned>>();

  constructor(
    private readonly heads: Heads,
    private readonly entry: Entry | undefined,
    private readonly work: (lane: PlannedLane, source: PlanSource) => Promise<Planned>,
  ) {}

  /** Whether the lane takes the revision's content, at once or after other promotions. */
  concerns({ pipeline, from }: PlannedLane): boolean {
    return this.entry?.environments.has(from.name) === true || this.passes(pipeline, from);
  }

  plan(lane: PlannedLane): Promise<Planned> {
    const key = `${lane.target.name}/${lane.application.name}`;
    const planned = this.planned.get(key) ?? this.sourceOf(lane).then((source) => this.work(lane, source));
    this.planned.set(key, planned);
    return planned;
  }

  /** What a lane takes, after the promotions that come before it. */
  async sourceOf(lane: PlannedLane): Promise<PlanSource> {
    const { from } = lane;
    if (this.entry?.environments.has(from.name)) return { kind: 'content', commit: this.entry.commit };
    return (this.passes(lane.pipeline, from) ? await this.afterPromotionInto(lane) : undefined) ?? this.asItIs(from);
  }

  /** Whether the revision comes to this environment by a promotion. */
  private passes(pipeline: Pipeline, environment: Environment): boolean {
    const above = sourceEnvironment(pipeline, environment);
    return above !== undefined && (this.entry?.environments.has(above.name) === true || this.passes(pipeline, above));
  }

  /** @returns undefined when the promotion into the lane's source would change nothing. */
  private async afterPromotionInto({ pipeline, application, from }: PlannedLane): Promise<PlanSource | undefined> {
    const above = sourceEnvironment(pipeline, from);
    if (!above) return undefined;
    const { item, result } = await this.plan({ pipeline, application, from: above, target: from });
    if (result !== undefined) return { kind: 'content', commit: result, after: from.name };
    if (!STUCK.has(item.outcome)) return undefined;
    return { kind: 'nothing', message: `it would not come to ${from.name}: ${item.message}` };
  }

  private asItIs({ branch }: Environment): PlanSource {
    const commit = this.heads.get(branch);
    return commit === undefined ? { kind: 'nothing', message: `branch ${branch} does not exist` } : { kind: 'content', commit, asItIs: true };
  }
}

export function sourceEnvironment(pipeline: Pipeline, environment: Environment): Environment | undefined {
  return pipeline.environments.find((candidate) => candidate.name === environment.from[0]);
}

/**
 * Finds a revision and whose content it is: of the environment whose branch it names or, for a commit, the first in the order of promotion whose branch has it. One that no environment has is taken as
 * the content of those that nothing is promoted to, where changes come in.
 * @throws NotFound when there is neither such a branch nor such a commit.
 */
export async function enterAt(mirror: Mirror, heads: Heads, pipeline: Pipeline, revision: string): Promise<Entry> {
  const named = pipeline.environments.find((environment) => environment.branch === revision);
  const commit = await resolve(mirror, heads, revision);
  if (named) return { commit, environments: new Set([named.name]) };
  for (const environment of inOrderOfPromotion(pipeline)) {
    const head = heads.get(environment.branch);
    if (head !== undefined && (await mirror.isAncestor(commit, head))) return { commit, environments: new Set([environment.name]) };
  }
  return { commit, environments: new Set(pipeline.environments.filter((environment) => environment.from.length === 0).map((environment) => environment.name)) };
}

async function resolve(mirror: Mirror, heads: Heads, revision: string): Promise<CommitSha> {
  const head = heads.get(revision);
  if (head !== undefined) return head;
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(revision)) throw new NotFound(`there is no branch ${JSON.stringify(revision.slice(0, 80))}: give a branch of the repository, or a commit by its full name`);
  const commit = commitSha(revision);
  await mirror.ensure(commit);
  return commit;
}

export function inOrderOfPromotion(pipeline: Pipeline): readonly Environment[] {
  const depth = (environment: Environment): number => {
    const above = sourceEnvironment(pipeline, environment);
    return above ? depth(above) + 1 : 0;
  };
  return [...pipeline.environments].sort((one, other) => depth(one) - depth(other));
}
