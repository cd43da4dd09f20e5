import type { EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import type { PromotionState } from '@sluice/promotion';
import type { DirectCommit, EnvironmentState, Promotions, Settings } from '../ports/index.js';

interface Ports {
  readonly promotions: Pick<Promotions, 'get' | 'list'>;
  readonly memory: Settings;
}

/** Where the acceptance of a commit is kept: whoever accepted it. It outlives the index. */
export function acceptanceKey(repository: RepositoryId, environment: EnvironmentName, commit: DirectCommit['commit']): string {
  return `accepted:${repository}:${environment}:${commit}`;
}

/** The commits that still wait: not merged as the promotion that they name, and accepted by nobody. Oldest first. */
export async function unreviewedOf(ports: Ports, environment: Pick<Environment, 'directPush'>, state: EnvironmentState): Promise<readonly DirectCommit[]> {
  if (environment.directPush !== 'hold') return [];
  const waiting: DirectCommit[] = [];
  for (const commit of state.unreviewed ?? []) if (!(await isReviewed(ports, state, commit))) waiting.push(commit);
  return waiting;
}

async function isReviewed({ promotions, memory }: Ports, { repository, environment }: EnvironmentState, direct: DirectCommit): Promise<boolean> {
  const { commit, promotion } = direct;
  const named = promotion && (await promotions.get(repository, promotion));
  if (named?.mergedAs === commit || (named && (await isRollback(promotions, { repository, environment }, direct)))) return true;
  return (await memory.get(acceptanceKey(repository, environment, commit))) !== undefined;
}

const MERGED: readonly PromotionState[] = ['rolling-out', 'live', 'degraded', 'tampered', 'rolled-back'];
/** Promotions of one application that were merged since somebody looked last. */
const RECENT = 50;

/** A rollback puts the ledger of an earlier promotion back: it is that one that its commit names. */
async function isRollback(promotions: Ports['promotions'], { repository, environment: target }: Pick<EnvironmentState, 'repository' | 'environment'>, { commit, applications }: DirectCommit): Promise<boolean> {
  for (const application of applications) {
    const { items } = await promotions.list({ repository, target, application, states: MERGED, limit: RECENT });
    if (items.some(({ candidate, mergedAs }) => candidate.kind === 'rollback' && mergedAs === commit)) return true;
  }
  return false;
}

export function unreviewedMessage(environment: EnvironmentName, waiting: readonly DirectCommit[]): string {
  const shown = waiting.slice(0, 3).map(({ commit, author, subject }) => `${commit.slice(0, 10)} by ${author} (${subject})`);
  const more = waiting.length > shown.length ? [`${waiting.length - shown.length} more`] : [];
  return `unreviewed, because it did not come by promotion: ${[...shown, ...more].join(', ')}; \`sluice accept ${environment}\` or a revert goes on`;
}
