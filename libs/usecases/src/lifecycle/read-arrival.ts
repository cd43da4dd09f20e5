import type { Arrival } from '@sluice/gates';
import type { CommitSha, EnvironmentName, PromotionId, RepositoryId } from '@sluice/kernel';
import type { Promotion, PromotionState } from '@sluice/promotion';
import type { EnvironmentCommit } from '../ports/index.js';
import type { LifecyclePorts } from './ports.js';

type Ports = Pick<LifecyclePorts, 'environments' | 'promotions'>;

/** Commits that are looked through: more than these at once are something new in any case. */
const MAX_COMMITS = 500;
const MAX_PROMOTIONS = 200;
const MERGED: readonly PromotionState[] = ['rolling-out', 'degraded', 'live', 'rolled-back', 'tampered'];

export interface Arrived {
  readonly arrival: Arrival;
  /** That brought something new, in the order of their merges. */
  readonly promotions: readonly PromotionId[];
}

interface Range {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly from: CommitSha | undefined;
  readonly to: CommitSha;
}

/** What came to an environment's branch between two commits. What is not known to be harmless is new. */
export async function readArrival(ports: Ports, range: Range): Promise<Arrived> {
  const commits = await commitsBetween(ports, range);
  if (!commits) return { arrival: 'forward', promotions: [] };
  const changing = commits.filter((commit) => !changesNothing(commit));
  if (changing.length === 0) return { arrival: 'nothing', promotions: [] };
  const merged = await mergedAs(ports, range, changing);
  const arrival = changing.every(({ commit }) => merged.get(commit)?.candidate.kind === 'rollback') ? 'back' : 'forward';
  const brought = changing.flatMap(({ commit }) => merged.get(commit) ?? []).filter(({ candidate }) => candidate.kind !== 'rollback' && candidate.kind !== 'record-only');
  return { arrival, promotions: brought.map(({ id }) => id) };
}

/** Oldest first; undefined when they cannot be told. */
async function commitsBetween({ environments }: Ports, { repository, environment, from, to }: Range): Promise<readonly EnvironmentCommit[] | undefined> {
  if (from === undefined) return undefined;
  const positions = await environments.positions(repository, environment, [from, to]);
  const [first, last] = [positions.get(from), positions.get(to)];
  if (first === undefined || last === undefined || last < first || last - first > MAX_COMMITS) return undefined;
  const commits = last === first ? [] : await environments.commits(repository, environment, { before: last + 1, limit: last - first });
  return [...commits].reverse();
}

/** Records alone. Files of no application are somebody's change, too. */
function changesNothing({ content, uses, origin }: EnvironmentCommit): boolean {
  return content.length === 0 && uses.length === 0 && origin === 'promotion';
}

async function mergedAs({ promotions }: Ports, { repository, environment }: Range, commits: readonly EnvironmentCommit[]): Promise<ReadonlyMap<CommitSha, Promotion>> {
  const wanted = new Set(commits.map(({ commit }) => commit));
  const { items } = await promotions.list({ repository, target: environment, states: MERGED, limit: MAX_PROMOTIONS });
  return new Map(items.flatMap((promotion) => (promotion.mergedAs !== undefined && wanted.has(promotion.mergedAs) ? [[promotion.mergedAs, promotion] as const] : [])));
}
