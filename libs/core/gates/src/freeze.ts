import type { ApplicationName, EnvironmentName, Instant, PersonName } from '@sluice/kernel';
import type { Gate } from '@sluice/pipeline';
import type { LaneId } from '@sluice/promotion';
import type { Judgement } from './verdicts.js';
import { sayTime } from './windows/say-time.js';

/** A person stopped what goes into an environment (absent: every one of the repository), of one application (absent: of all), for a time or until it is lifted. */
export interface Freeze {
  readonly environment?: EnvironmentName;
  readonly application?: ApplicationName;
  readonly reason: string;
  readonly by: PersonName;
  readonly at: Instant;
  /** When it ends by itself; absent: when somebody lifts it. */
  readonly until?: Instant;
}

/** Whether a freeze that nobody has lifted stops things at a time. */
export function isInForce(freeze: Pick<Freeze, 'at' | 'until'>, now: Instant): boolean {
  return freeze.at <= now && (freeze.until === undefined || now < freeze.until);
}

/** Whether a freeze concerns a lane. */
export function isFrozen(freeze: Pick<Freeze, 'environment' | 'application'>, lane: Pick<LaneId, 'application' | 'target'>): boolean {
  return (freeze.environment === undefined || freeze.environment === lane.target) && (freeze.application === undefined || freeze.application === lane.application);
}

/** The freezes that are in force; undefined when none is, for then nothing is said of freezes. */
export function evaluateFreezes(freezes: readonly Freeze[], now: Instant): Judgement | undefined {
  const [last, ...others] = freezes.filter((freeze) => isInForce(freeze, now)).sort((a, b) => endOf(b) - endOf(a));
  if (!last) return undefined;
  const also = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return {
    outcome: 'wait',
    message: `${sayFreeze(last)}${also}`,
    clearedBy: last.until === undefined ? 'a promoter, with sluice unfreeze' : 'time, or a promoter with sluice unfreeze',
    ...(last.until === undefined ? {} : { until: last.until }),
    evidence: { by: last.by, frozenAt: Math.max(last.at, ...others.map(({ at }) => at)), until: last.until ?? null, reason: last.reason, freezes: others.length + 1 },
  };
}

/** `frozen by grace until Mon 2026-12-28 08:00 UTC: end of the year`. */
export function sayFreeze(freeze: Freeze): string {
  return `frozen by ${freeze.by} until ${freeze.until === undefined ? 'it is lifted' : sayTime(freeze.until, 'UTC')}: ${freeze.reason}`;
}

/** The gate `freeze`: a freeze that stands in the pipeline file. */
export function evaluateFreezeGate(gate: Extract<Gate, { type: 'freeze' }>, now: Instant): Judgement {
  const { from, until, timezone, reason } = gate;
  const evidence = { from: from ?? null, until, reason };
  if (from !== undefined && now < from) return { outcome: 'pass', message: `freezes at ${sayTime(from, timezone)}: ${reason}`, until: from, evidence };
  if (now >= until) return { outcome: 'pass', message: `over since ${sayTime(until, timezone)}`, evidence };
  return { outcome: 'wait', message: `frozen until ${sayTime(until, timezone)}: ${reason}`, clearedBy: 'time', until, evidence };
}

function endOf(freeze: Pick<Freeze, 'until'>): number {
  return freeze.until ?? Number.MAX_SAFE_INTEGER;
}
