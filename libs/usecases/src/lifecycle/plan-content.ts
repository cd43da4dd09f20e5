import { InvalidInput, NotFound } from '@sluice/kernel';
import type { CommitSha, EnvironmentName } from '@sluice/kernel';
import type { Environment, Pipeline } from '@sluice/pipeline';
import type { Heads, Mirror } from '../ports/index.js';
import type { ObservePorts } from './lane-scope.js';
import { inOrderOfPromotion } from './plan-chain.js';
import type { PlanItem } from './plan-item.js';
import { PlanPromotions } from './plan-promotions.js';
import type { PlanRequest } from './plan-promotions.js';

/** First parents of the content that are gone through for one that an environment has. */
const MAX_OWN_COMMITS = 1_000;

export interface SentContent extends Omit<PlanRequest, 'revision'> {
  readonly commit: CommitSha;
  /** What of the commit the repository does not have, as a pack; it may be thin. */
  readonly pack: Uint8Array;
  /** The environment whose content it would be; absent: the first whose branch it is based on. */
  readonly as?: EnvironmentName;
}

export interface ContentPlan {
  readonly items: readonly PlanItem[];
  readonly as: EnvironmentName;
  /** The newest commit before it that this environment has. */
  readonly base?: CommitSha;
  /** Commits of that environment which it is not based on. */
  readonly behind: number;
}

/**
 * What a commit would bring that the repository does not have: a work tree's, or one that nobody has pushed. Its objects are read where they are seen by this plan alone, and are gone afterwards; so whoever
 * may read may plan.
 */
export class PlanContent {
  constructor(private readonly ports: ObservePorts) {}

  /** Of these commits those that the repository has. */
  async known({ repository, commits }: { readonly repository: PlanRequest['repository']; readonly commits: readonly CommitSha[] }): Promise<readonly CommitSha[]> {
    await this.pipelineOf(repository);
    const mirror = await this.ports.mirrors.open(repository);
    await mirror.refresh();
    const has = await Promise.all(commits.map((commit) => mirror.has(commit)));
    return commits.filter((_, index) => has[index]);
  }

  /** @throws NotFound for an unknown repository, application or environment; InvalidInput for a pack that is not sound, lacks the commit, or has nothing to do with the repository. */
  async run({ pack, commit, as, ...request }: SentContent): Promise<ContentPlan> {
    const { repository } = request;
    const pipeline = await this.pipelineOf(repository);
    const named = as === undefined ? undefined : environmentNamed(pipeline, as);
    return this.ports.mirrors.withPack(repository, pack, async (mirror) => {
      if (!(await mirror.has(commit))) throw new InvalidInput(`the pack does not have the commit ${commit}`);
      const heads = await mirror.refresh();
      const { environment, base } = await placeOf(mirror, heads, { pipeline, commit, named });
      const ports = { ...this.ports, mirrors: { open: async () => mirror, withPack: refuseNested } };
      const items = await new PlanPromotions(ports).from(request, { mirror, pipeline, entry: { commit, environments: new Set([environment.name]) } });
      return { items: items.map(withoutDigest), as: environment.name, behind: await behindOf(mirror, heads.get(environment.branch), commit), ...(base && { base }) };
    });
  }

  private async pipelineOf(repository: PlanRequest['repository']): Promise<Pipeline> {
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    if (!pipeline) throw new NotFound(`there is no pipeline in repository ${repository}`);
    return pipeline;
  }
}

function refuseNested(): Promise<never> {
  return Promise.reject(new InvalidInput('a plan looks at one pack'));
}

/** What would be promoted is the commit that the merge into the environment makes, and not this one. */
function withoutDigest({ digest: _digest, ...item }: PlanItem): PlanItem {
  return item;
}

function environmentNamed(pipeline: Pipeline, name: EnvironmentName): Environment {
  const found = pipeline.environments.find((environment) => environment.name === name);
  if (!found) throw new NotFound(`there is no environment ${name}; there are ${pipeline.environments.map((environment) => environment.name).join(', ')}`);
  return found;
}

interface Place {
  readonly environment: Environment;
  readonly base?: CommitSha;
}

/** The environment that the content is of: the named one; else the first in the order of promotion that has the newest commit which any has; else the first of all. */
async function placeOf(mirror: Mirror, heads: Heads, of: { readonly pipeline: Pipeline; readonly commit: CommitSha; readonly named: Environment | undefined }): Promise<Place> {
  const { pipeline, commit, named } = of;
  const candidates = named ? [named] : inOrderOfPromotion(pipeline);
  for (const { sha } of await mirror.firstParent(commit, { limit: MAX_OWN_COMMITS })) {
    for (const environment of candidates) {
      const head = heads.get(environment.branch);
      if (head !== undefined && (await mirror.isAncestor(sha, head))) return { environment, base: sha };
    }
  }
  const [first] = candidates;
  if (!first) throw new NotFound('the pipeline has no environments');
  return { environment: first };
}

const MANY = 1_000;

async function behindOf(mirror: Mirror, head: CommitSha | undefined, commit: CommitSha): Promise<number> {
  return head === undefined ? 0 : (await mirror.commitsBetween(commit, head, { include: ['**'], exclude: [] }, MANY)).length;
}
