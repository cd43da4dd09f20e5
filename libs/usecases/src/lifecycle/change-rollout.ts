import { Conflict } from '@sluice/kernel';
import type { Rollouts, StoredRollout } from '../ports/index.js';

/** Stores a change of a rollout, once more each time that it has moved on meanwhile. One that is over by then stays as it is. @throws what `store` throws for another reason. */
export async function changeRollout(rollouts: Pick<Rollouts, 'of'>, rollout: StoredRollout, store: (current: StoredRollout) => Promise<StoredRollout>): Promise<StoredRollout> {
  for (let current = rollout; ; ) {
    try {
      return await store(current);
    } catch (error) {
      const newer = await rollouts.of(rollout.repository, rollout.environment);
      if (!(error instanceof Conflict) || !newer || newer.version === current.version) throw error;
      if (newer.state === 'ended') return newer;
      current = newer;
    }
  }
}
