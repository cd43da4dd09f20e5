import { sayRollout } from '@sluice/gates';
import type { JudgedWave } from '@sluice/gates';
import { NotFound } from '@sluice/kernel';
import type { EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import { promotionsOf, viewRollout } from '../lifecycle/rollout-facts.js';
import type { RolloutPorts } from '../lifecycle/rollout-facts.js';
import type { StoredRollout } from '../ports/index.js';

export interface ReadRolloutView {
  readonly environment: EnvironmentName;
  /** One sentence. */
  readonly message: string;
  /** The newest; absent: there was none yet. */
  readonly rollout?: StoredRollout;
  readonly promotions: readonly Promotion[];
  readonly waves: readonly JudgedWave[];
}

/** How far something has got in an environment with waves. */
export class ReadRollout {
  constructor(private readonly ports: RolloutPorts) {}

  /** @throws NotFound when there is no such environment. */
  async run(repository: RepositoryId, environment: EnvironmentName): Promise<ReadRolloutView> {
    const environments = (await this.ports.repositories.pipeline(repository))?.pipeline?.environments ?? [];
    const target = environments.find(({ name }) => name === environment);
    if (!target) throw new NotFound(`there is no environment ${environment} in ${repository}; there are ${environments.map(({ name }) => name).join(', ') || 'none'}`);
    const rollout = await this.ports.rollouts.of(repository, environment);
    if (!rollout) return { environment, message: target.waves ? `nothing has rolled out in ${environment} in waves yet` : `${environment} has no waves: every merge goes to all its clusters at once`, promotions: [], waves: [] };
    const { waves } = await viewRollout(this.ports, rollout);
    return { environment, message: sayRollout(rollout, waves), rollout, promotions: await promotionsOf(this.ports, rollout), waves };
  }
}
