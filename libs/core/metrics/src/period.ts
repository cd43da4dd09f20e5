import { instant } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import { DateTime, IANAZone } from 'luxon';

/** From its beginning up to its end, which is not part of it. */
export interface Period {
  readonly from: Instant;
  readonly to: Instant;
}

/** More days than anybody compares, and than an answer has room for. */
export const MAX_DAYS = 400;
const DEFAULT_DAYS = 30;
const DAY = 86_400_000;
const FORM = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** A period as somebody asks for it: days of a time zone, or times with their offset. */
export interface PeriodWanted {
  readonly from?: string | undefined;
  /** The end: a day is not part of the period. */
  readonly to?: string | undefined;
  readonly timezone: string;
}

/** What is wrong with it, by field. */
export interface PeriodProblem {
  readonly at: 'from' | 'to' | 'timezone';
  readonly message: string;
}

/** The period that is meant; without an end up to now, without a beginning 30 days. */
export function readPeriod({ from, to, timezone }: PeriodWanted, now: Instant): Period | PeriodProblem {
  if (!isTimezone(timezone)) return { at: 'timezone', message: 'not a time zone such as Europe/Berlin or UTC' };
  const end = to === undefined ? now : readBound(to, timezone);
  if (end === undefined) return { at: 'to', message: NOT_A_TIME };
  const begin = from === undefined ? instant(end - DEFAULT_DAYS * DAY) : readBound(from, timezone);
  if (begin === undefined) return { at: 'from', message: NOT_A_TIME };
  if (begin >= end) return { at: 'from', message: 'not before the end of the period' };
  if (end - begin > MAX_DAYS * DAY) return { at: 'from', message: `more than ${MAX_DAYS} days before the end of the period` };
  return { from: begin, to: end };
}

const NOT_A_TIME = 'not a day such as 2026-11-01, nor a time with its offset such as 2026-11-01T08:00:00Z';

function isTimezone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

function readBound(text: string, timezone: string): Instant | undefined {
  if (!FORM.test(text)) return undefined;
  const time = DateTime.fromISO(text, { zone: timezone });
  return time.isValid ? instant(time.toMillis()) : undefined;
}

/** The days or weeks (from Monday) of a time zone that a period has, in order; the first and the last may be cut. They meet without a gap. */
export function bucketsOf({ from, to }: Period, unit: 'day' | 'week', timezone: string): readonly Period[] {
  const buckets: Period[] = [];
  let start = from;
  while (start < to) {
    const next = instant(DateTime.fromMillis(start, { zone: timezone }).startOf(unit).plus({ [unit]: 1 }).startOf(unit).toMillis());
    const end = next < to ? next : to;
    buckets.push({ from: start, to: end });
    start = end;
  }
  return buckets;
}
