import { boundDrift } from './bound-drift.js';
import { type DriftEntry, placeKey } from './ports/target.js';
import { type DriftRecord, REPORT_LIMITS } from './state-report.js';

/**
 * Pure: the drift to report, from what was reported before and what was found now. What is still there keeps the time at which it was first seen, what was reverted stays as a record,
 * newest first; the list is bounded and what is there now comes first.
 */
export function trackDrift(before: readonly DriftRecord[], found: readonly DriftEntry[], reverted: ReadonlySet<string>, now: number): readonly DriftRecord[] {
  const open = new Map(before.filter((record) => !record.reverted).map((record) => [keyOf(record), record.at]));
  const present = found.filter((entry) => !reverted.has(placeKey(entry))).map((entry) => ({ ...entry, reverted: false, at: open.get(keyOf(entry)) ?? now }));
  const undone = found.filter((entry) => reverted.has(placeKey(entry))).map((entry) => ({ ...entry, reverted: true, at: now }));
  const again = new Set(found.map(placeKey));
  const past = before.filter((record) => record.reverted && !again.has(placeKey(record))).sort((a, b) => b.at - a.at);
  return boundDrift([...present, ...undone, ...past].slice(0, REPORT_LIMITS.drift));
}

function keyOf(entry: DriftEntry): string {
  return `${entry.kind} ${placeKey(entry)}`;
}
