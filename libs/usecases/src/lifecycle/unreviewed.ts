import type { EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import type { DirectCommit, EnvironmentState, Promotions, Settings } from '../ports/index.js';

interface Ports {
  readonly promotions: Pick<Promotions, 'get'>;
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

async function isReviewed({ promotions, memory }: Ports, { repository, environment }: EnvironmentState, { commit, promotion }: DirectCommit): Promise<boolean> {
  const named = promotion && (await promotions.get(repository, promotion));
  return named?.mergedAs === commit || (await memory.get(acceptanceKey(repository, environment, commit))) !== undefined;
}

export function unreviewedMessage(environment: EnvironmentName, waiting: readonly DirectCommit[]): string {
  const shown = waiting.slice(0, 3).map(({ commit, author, subject }) => `${commit.slice(0, 10)} by ${author} (${subject})`);
  const more = waiting.length > shown.length ? [`${waiting.length - shown.length} more`] : [];
  return `unreviewed, because it did not come by promotion: ${[...shown, ...more].join(', ')}; \`sluice accept ${environment}\` or a revert goes on`;
}
