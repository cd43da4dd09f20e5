import { parseDuration } from '@sluice/kernel';
import { checkCron } from './check-cron.js';
import type { WindowTimes } from './window.js';

export type WindowTimesResult = { readonly ok: true; readonly times: WindowTimes } | { readonly ok: false; readonly problem: string };

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const MINUTES_A_DAY = 1_440;

const CRON = /^(.*\S)\s+for\s+(\S+)$/;
const SPAN = /^(\S+)\s+(\S+?)-([^\s\d]\S*)\s+(\S+)$/;
const DAILY = /^(?:(\S+)\s+)?(\d\S*)-(\d\S*)$/;

/**
 * Reads `Fri 15:00-Mon 08:00`, `22:00-06:00` (every day), `Mon-Fri 09:00-17:00` and `Mon,Wed 22:00-06:00` (from each of these days), `Sat,Sun` (whole days), and `0 18 24 12 * for 62h`
 * (a cron expression and how long).
 */
export function parseWindowTimes(text: string): WindowTimesResult {
  const trimmed = text.trim();
  const cron = CRON.exec(trimmed);
  if (cron) return cronTimes(cron[1] ?? '', cron[2] ?? '');
  const dense = trimmed.replace(/\s*-\s*/g, '-');
  const span = SPAN.exec(dense);
  if (span) return spanTimes(span);
  const daily = DAILY.exec(dense);
  if (daily) return dailyTimes(daily);
  return wholeDays(dense);
}

function cronTimes(cron: string, lasting: string): WindowTimesResult {
  const problem = checkCron(cron);
  if (problem !== undefined) return refused(problem);
  const duration = parseDuration(lasting);
  if (duration === undefined || duration === 0) return refused(`"${lasting}" after "for" is not a duration such as "90m", "8h" or "2d"`);
  return { ok: true, times: { kind: 'cron', cron, duration } };
}

function spanTimes([, firstDay = '', begin = '', lastDay = '', end = '']: RegExpExecArray): WindowTimesResult {
  const days = readDays(firstDay, lastDay);
  if (typeof days === 'string') return noWeekday(days);
  const clock = readClock(begin, end);
  if (typeof clock === 'string') return noTime(clock);
  const length = daysOf(days.ahead, clock);
  return length === undefined ? refused('begins and ends at the same time') : weekly([days.first], clock.from, length, clock.to);
}

/** Up to the same weekday: on that day, or a week later when the time is earlier. */
function daysOf(ahead: number, { from, to }: { readonly from: number; readonly to: number }): number | undefined {
  if (ahead > 0 || to > from) return ahead;
  return to === from ? undefined : 7;
}

/** A text: what is no weekday. */
function readDays(firstDay: string, lastDay: string): { readonly first: number; readonly ahead: number } | string {
  const [first, last] = [weekdayOf(firstDay), weekdayOf(lastDay)];
  if (first === undefined) return firstDay;
  return last === undefined ? lastDay : { first, ahead: (last - first + 7) % 7 };
}

function dailyTimes([, days, begin = '', end = '']: RegExpExecArray): WindowTimesResult {
  const weekdays = days === undefined ? EVERY_DAY : weekdaysOf(days);
  if (typeof weekdays === 'string') return noWeekday(weekdays);
  const clock = readClock(begin, end);
  if (typeof clock === 'string') return noTime(clock);
  const { from, to } = clock;
  if (from === to) return refused('begins and ends at the same time; leave the time out for whole days');
  return weekly(weekdays, from, to < from ? 1 : 0, to);
}

/** A text: what is no time of day. */
function readClock(begin: string, end: string): { readonly from: number; readonly to: number } | string {
  const [from, to] = [minuteOf(begin), minuteOf(end)];
  if (from === undefined || from === MINUTES_A_DAY) return begin;
  return to === undefined ? end : { from, to };
}

function wholeDays(text: string): WindowTimesResult {
  const weekdays = weekdaysOf(text);
  if (typeof weekdays === 'string') return refused('must be times such as "Fri 15:00-Mon 08:00", "22:00-06:00", "Mon-Fri 09:00-17:00", "Sat,Sun" or "0 22 * * 1-5 for 8h"');
  return weekly(weekdays, 0, 0, MINUTES_A_DAY);
}

function weekly(weekdays: readonly number[], from: number, days: number, to: number): WindowTimesResult {
  // 24:00 is the next day's beginning
  const end = to === MINUTES_A_DAY ? { days: days + 1, to: 0 } : { days, to };
  return { ok: true, times: { kind: 'weekly', weekdays, from, ...end } };
}

/** `Mon`, `Mon-Fri`, `Sat-Mon`, `Mon,Wed,Fri-Sat`; in order, each once. A text: what is no weekday. */
function weekdaysOf(text: string): readonly number[] | string {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [first = '', last = first, ...rest] = part.split('-');
    const [from, to] = [weekdayOf(first), weekdayOf(last)];
    if (from === undefined) return first;
    if (to === undefined || rest.length > 0) return last;
    for (let day = from; ; day = (day % 7) + 1) {
      found.add(day);
      if (day === to) break;
    }
  }
  return [...found].sort((a, b) => a - b);
}

function weekdayOf(text: string): number | undefined {
  const index = WEEKDAYS.indexOf(text.toLowerCase());
  return index < 0 ? undefined : index + 1;
}

/** Minutes since midnight of `08:00`; `24:00` is the day's end. */
function minuteOf(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text);
  const [hours, minutes] = [Number(match?.[1]), Number(match?.[2])];
  const minute = hours * 60 + minutes;
  return match && minutes < 60 && minute <= MINUTES_A_DAY ? minute : undefined;
}

function noWeekday(text: string): WindowTimesResult {
  return refused(`"${text}" is not a weekday: Mon, Tue, Wed, Thu, Fri, Sat, Sun`);
}

function noTime(text: string): WindowTimesResult {
  return refused(`"${text}" is not a time of day such as "08:00"`);
}

function refused(problem: string): WindowTimesResult {
  return { ok: false, problem };
}
