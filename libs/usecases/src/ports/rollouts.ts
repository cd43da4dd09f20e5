import type { EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Rollout } from '@sluice/gates';

/** A rollout as it is kept. */
export type StoredRollout = Rollout;

/** How far merges have got in environments with waves: git cannot say it. */
export interface Rollouts {
  /** The newest of an environment, over or not. */
  of(repository: RepositoryId, environment: EnvironmentName): Promise<StoredRollout | undefined>;
  /** Stores when the row still has `rollout.version` (0: there is none yet), which then grows by one. @throws Conflict otherwise. */
  save(rollout: StoredRollout): Promise<StoredRollout>;
  /** Those that have not ended, of all repositories or of one. */
  active(repository?: RepositoryId): Promise<readonly StoredRollout[]>;
}
