import type { Instant } from '@sluice/kernel';
import type { Verdict } from '@sluice/promotion';
import type { Judgement } from '../verdicts.js';
import { sayTime } from '../windows/say-time.js';
import type { JudgedWave } from './judge-waves.js';
import type { Rollout } from './rollout.js';

/** A rollout as others see it that wait for it. */
export interface ObservedRollout {
  readonly id: string;
  readonly message: string;
  readonly clearedBy: string;
  readonly until?: Instant;
  readonly begunAt: Instant;
}

/** `rollout prod-checkout-1, wave 2 of 3, until Thu 2026-11-26 14:10 UTC`. */
export function sayRollout(rollout: Rollout, waves: readonly JudgedWave[]): string {
  const { id, state, paused, undoing } = rollout;
  if (state === 'ended') return `rollout ${id} ${rollout.end === 'rolled-back' ? 'was rolled back' : 'is done'}`;
  if (state === 'gathering') return paused ? `rollout ${id} ${sayOrder('is paused', paused)}` : `rollout ${id} is about to begin`;
  const place = `rollout ${id}, ${sayWave(rollout)}`;
  if (undoing) return `${place}, ${sayOrder('is being rolled back', undoing)}`;
  if (paused) return `${place}, ${sayOrder('is paused', paused)}`;
  return sayProgress(place, waves.find(({ outcome, state: reached }) => outcome === 'fail' && reached !== 'later') ?? waves[rollout.wave]);
}

function sayProgress(place: string, current: JudgedWave | undefined): string {
  if (!current || current.outcome === 'pass') return place;
  return current.until === undefined ? `${place}: ${current.message}` : `${place}, until ${sayTime(current.until, 'UTC')}`;
}

function sayWave({ wave, waves }: Rollout): string {
  return wave >= waves.length ? 'clusters in no wave' : `wave ${wave + 1} of ${waves.length}`;
}

function sayOrder(what: string, { by, reason }: NonNullable<Rollout['paused']>): string {
  return `${what}${by === undefined ? '' : ` by ${by}`}: ${reason}`;
}

/** What others wait for; undefined when nothing rolls out. While the batch is being gathered it is no obstacle. */
export function observedRollout(rollout: Rollout | undefined, waves: readonly JudgedWave[]): ObservedRollout | undefined {
  if (!rollout || rollout.state === 'ended' || (rollout.state === 'gathering' && !rollout.paused)) return undefined;
  const until = rollout.paused || rollout.undoing ? undefined : waves[rollout.wave]?.until;
  return { id: rollout.id, message: sayRollout(rollout, waves), clearedBy: whoClears(rollout, until), begunAt: rollout.startedAt, ...(until === undefined ? {} : { until }) };
}

function whoClears({ environment, paused, undoing }: Rollout, until: Instant | undefined): string {
  if (undoing) return `the rollback of its batch, when it is merged (\`sluice rollout ${environment}\`)`;
  if (paused) return `a promoter with \`sluice rollout continue ${environment}\` or \`abort\``;
  return until === undefined ? `its clusters, when they are healthy with it (\`sluice rollout ${environment}\`)` : 'time';
}

/** The verdict `rollout`: one at a time in an environment with several waves. */
export function evaluateRollout({ id, message, clearedBy, until, begunAt }: ObservedRollout): Judgement {
  return { outcome: 'wait', message, clearedBy, ...(until === undefined ? {} : { until }), evidence: { rollout: id, begunAt } };
}

/** Each wave as a verdict. */
export function waveVerdicts(rollout: Rollout, waves: readonly JudgedWave[]): readonly Verdict[] {
  return waves.map(({ name, state, outcome, message, until, clusters }, index): Verdict => {
    const isDone = outcome === 'pass' && state !== 'later';
    return {
      gate: `wave ${index + 1}`,
      type: 'rollout',
      outcome: state === 'later' || state === 'empty' ? (state === 'empty' ? 'pass' : 'wait') : outcome,
      message: `${name}: ${message}`,
      since: rollout.since,
      ...(isDone ? {} : { clearedBy: clearer(rollout, { state, until }) }),
      ...(until === undefined ? {} : { until }),
      evidence: Object.fromEntries(clusters.map((cluster) => [cluster.name, `${cluster.state}: ${cluster.message}`])),
    };
  });
}

function clearer(rollout: Rollout, { state, until }: { readonly state: JudgedWave['state']; readonly until: Instant | undefined }): string {
  return state === 'later' ? 'the wave before it' : whoClears(rollout, until);
}
