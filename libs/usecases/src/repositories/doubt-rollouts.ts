import { beginRollout } from '@sluice/gates';
import { present } from '@sluice/kernel';
import type { Pipeline } from '@sluice/pipeline';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import type { EnvironmentState } from '../ports/index.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'environments' | 'rollouts'>;

/**
 * Where nothing is known any more of what clusters were told to run, a rollout may have been under way: none of them is told anything before all waves are seen to run the same, or a person says so.
 * @returns sentences for the operator.
 */
export async function doubtRollouts(ports: Ports, pipeline: Pipeline | undefined, states: readonly EnvironmentState[]): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const { name, waves, onDegraded } of pipeline?.environments ?? []) {
    const state = states.find(({ environment }) => environment === name);
    if (!waves || !state?.head || state.assigned !== undefined || (await ports.rollouts.of(state.repository, name)) || !(await wasPromoted(ports, state))) continue;
    const at = ports.clock();
    const reason = 'rebuilt from git, which does not say whether a rollout was under way';
    const rollout = beginRollout(undefined, { repository: state.repository, environment: name, waves, ...present({ onDegraded }), head: state.head, promotions: [], at });
    await ports.rollouts.save({ ...rollout, paused: { reason, at } });
    notes.push(`${name} has waves, and git does not say whether a rollout was under way: its clusters keep what they run until all waves report ${state.head.slice(0, 10)}, or \`sluice rollout continue ${name}\` takes it through the waves`);
  }
  return notes;
}

/** A branch to which nothing was promoted yet has just been made. */
async function wasPromoted({ environments }: Ports, { repository, environment }: EnvironmentState): Promise<boolean> {
  return (await environments.contents(repository, environment)).some(({ from }) => from !== undefined);
}
