import { sayRollout, waveVerdicts } from '@sluice/gates';
import type { EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Verdict } from '@sluice/promotion';
import { viewRollout } from '../lifecycle/rollout-facts.js';
import type { RolloutPorts, RolloutView } from '../lifecycle/rollout-facts.js';

/** A rollout beside what waits for it. */
interface RolloutItem {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly condition: 'rollout';
  readonly message: string;
  readonly verdicts: readonly Verdict[];
  readonly conflicts: readonly [];
}

/** What rolls out in a repository. */
export async function rolloutsOf(ports: RolloutPorts, repository: RepositoryId): Promise<readonly RolloutView[]> {
  return Promise.all((await ports.rollouts.active(repository)).map((rollout) => viewRollout(ports, rollout)));
}

export function rolloutItems(views: readonly RolloutView[], filter: { readonly environment?: EnvironmentName }): readonly RolloutItem[] {
  const asked = views.filter(({ rollout }) => filter.environment === undefined || rollout.environment === filter.environment);
  return asked.map(({ rollout, waves }) => ({ repository: rollout.repository, environment: rollout.environment, condition: 'rollout', message: sayRollout(rollout, waves), verdicts: waveVerdicts(rollout, waves), conflicts: [] }));
}

/** Clusters of an environment that do not have what rolls out there yet. */
export function laterClusters(views: readonly RolloutView[], environment: EnvironmentName): readonly string[] {
  const waves = views.find(({ rollout }) => rollout.environment === environment)?.waves ?? [];
  return waves.flatMap(({ clusters }) => clusters.filter(({ state }) => state === 'later').map(({ name }) => name));
}
