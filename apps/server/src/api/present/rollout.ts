import type { RolloutDto } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import type { ReadRolloutView } from '@sluice/usecases';
import { time, timeField } from './time.js';

type Rollout = NonNullable<ReadRolloutView['rollout']>;

export function presentRollout({ message, rollout, waves }: ReadRolloutView): RolloutDto {
  return {
    message,
    ...(rollout && { rollout: presentState(rollout) }),
    waves: waves.map(({ name, soak, state, message: said, until, clusters }) => ({
      name,
      soakSeconds: soak / 1_000,
      state,
      message: said,
      ...timeField('until', until),
      clusters: clusters.map(({ until: end, labels, ...cluster }) => ({ ...cluster, labels: { ...labels }, ...timeField('until', end) })),
    })),
  };
}

function presentState(rollout: Rollout): NonNullable<RolloutDto['rollout']> {
  const { id, head, base, wave, promotions, paused, undoing, startedAt, endedAt } = rollout;
  return {
    id,
    state: stateOf(rollout),
    head,
    ...present({ base }),
    wave: wave + 1,
    promotions: [...promotions],
    ...(paused && { paused: { ...paused, at: time(paused.at) } }),
    ...(undoing && { undoing: { ...undoing, at: time(undoing.at) } }),
    startedAt: time(startedAt),
    ...timeField('endedAt', endedAt),
  };
}

function stateOf({ state, end = 'done', paused, undoing }: Rollout): NonNullable<RolloutDto['rollout']>['state'] {
  if (state === 'ended') return end;
  if (undoing) return 'rolling-back';
  return paused ? 'paused' : state;
}
