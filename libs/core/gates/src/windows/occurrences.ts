import { instant } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { WindowRule, WindowTimes } from '@sluice/pipeline';
import { CronExpressionParser } from 'cron-parser';
import { DateTime } from 'luxon';

/** One time that a rule names: from its beginning up to its end, which is not part of it. */
export interface Occurrence {
  readonly start: Instant;
  readonly end: Instant;
}

/** Around one time: the newest occurrence that began by then (it may be over), and when the next one begins. Absent: none. */
export interface Around {
  readonly before?: Occurrence;
  readonly nextStart?: Instant;
}

type Weekly = Extract<WindowTimes, { kind: 'weekly' }>;
type Cron = Extract<WindowTimes, { kind: 'cron' }>;

/** A week, and the length of the longest weekly occurrence. */
const DAYS_AROUND = 8;

/** The occurrences of a rule around a time, in its time zone. */
export function occurrencesAround(rule: WindowRule, at: Instant): Around {
  return rule.times.kind === 'cron' ? cronAround(rule.times, rule.timezone, at) : weeklyAround(rule, rule.times, at);
}

function cronAround({ cron, duration }: Cron, timezone: string, at: Instant): Around {
  // the moment itself counts as begun
  const begun = neighbour(() => CronExpressionParser.parse(cron, { currentDate: at + 1, tz: timezone }).prev());
  const next = neighbour(() => CronExpressionParser.parse(cron, { currentDate: at, tz: timezone }).next());
  return { ...(begun === undefined ? {} : { before: { start: begun, end: instant(begun + duration) } }), ...(next === undefined ? {} : { nextStart: next }) };
}

/** The library throws when an expression does not come again within its bound. */
function neighbour(seek: () => { getTime(): number }): Instant | undefined {
  try {
    return instant(seek().getTime());
  } catch {
    return undefined;
  }
}

function weeklyAround(rule: WindowRule, times: Weekly, at: Instant): Around {
  const today = DateTime.fromMillis(at, { zone: rule.timezone }).startOf('day');
  const all = Array.from({ length: 2 * DAYS_AROUND + 1 }, (_, index) => today.plus({ days: index - DAYS_AROUND }))
    .filter((day) => times.weekdays.includes(day.weekday))
    .map((day) => occurrenceOn(day, times, rule.effect));
  const before = all.filter(({ start }) => start <= at).at(-1);
  const next = all.find(({ start }) => start > at);
  return { ...(before && { before }), ...(next && { nextStart: next.start }) };
}

/**
 * What the clock on the wall shows decides. When it is set forward, a time that it leaves out is the moment at which it is set; when it is set back, a time that comes twice begins
 * with the first, and ends so that less is merged: with the second where merging is denied, with the first where it is allowed.
 */
function occurrenceOn(day: DateTime, times: Weekly, effect: WindowRule['effect']): Occurrence {
  const [start] = readings(day, times.from);
  const ends = readings(day.plus({ days: times.days }), times.to);
  return { start, end: effect === 'deny' ? (ends.at(-1) ?? ends[0]) : ends[0] };
}

/** The times at which the clock shows this minute of the day, in order: one, or two when it is set back. */
function readings(day: DateTime, minute: number): readonly [Instant, ...Instant[]] {
  const shown = day.set({ hour: Math.floor(minute / 60), minute: minute % 60 });
  const ahead = shown.hour * 60 + shown.minute - minute;
  if (ahead > 0) return [setForward(shown, ahead)];
  const [first = shown.toMillis(), ...others] = shown.getPossibleOffsets().map((time) => time.toMillis()).sort((a, b) => a - b);
  return [instant(first), ...others.map(instant)];
}

/** When the clock was set forward, in the minutes before a time that the library has moved out of the gap. */
function setForward(moved: DateTime, ahead: number): Instant {
  let [before, after] = [0, ahead];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (moved.minus({ minutes: ahead - middle }).offset === moved.offset) after = middle;
    else before = middle;
  }
  return instant(moved.minus({ minutes: ahead - after }).toMillis());
}
