import type { Instant } from '@sluice/kernel';
import type { WindowRule } from '@sluice/pipeline';
import type { Judgement } from '../verdicts.js';
import { openingAt } from './opening.js';
import { sayTime } from './say-time.js';

/** Windows: open or closed now, whatever they were a moment ago. */
export function evaluateWindows(rules: readonly WindowRule[], now: Instant): Judgement {
  const opening = openingAt(rules, now);
  const timezone = (opening.open ? rules[0] : opening.by[0])?.timezone ?? 'UTC';
  if (opening.open) {
    const { closesAt } = opening;
    if (closesAt === undefined) return { outcome: 'pass', message: 'open', evidence: { closesAt: null } };
    return { outcome: 'pass', message: `open until ${sayTime(closesAt, timezone)} at least`, until: closesAt, evidence: { closesAt } };
  }
  const { by, opensAt } = opening;
  const closing = by.map(({ effect, text }) => `${effect} ${text}`).join('; ');
  const until = opensAt === undefined ? {} : { until: opensAt };
  return {
    outcome: 'wait',
    message: opensAt === undefined ? `closed, and no time in sight when it is open (${closing})` : `closed until ${sayTime(opensAt, timezone)} (${closing})`,
    clearedBy: opensAt === undefined ? 'whoever changes the pipeline file' : 'time',
    ...until,
    evidence: { rules: closing, timezone, opensAt: opensAt ?? null },
  };
}
