import { instant } from '@sluice/kernel';
import type { WindowRule, WindowTimes } from '@sluice/pipeline';
import { openingAt } from './opening.js';

// Weekdays: 2026-03-29 and 2026-10-25 are Sundays, on which the clock is changed in Berlin.
const WEEKEND: WindowTimes = { kind: 'weekly', weekdays: [5], from: 900, days: 3, to: 480 };
const NIGHTS: WindowTimes = { kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7], from: 1_320, days: 1, to: 360 };
const OFFICE: WindowTimes = { kind: 'weekly', weekdays: [1, 2, 3, 4, 5], from: 540, days: 0, to: 1_020 };
const HALF_PAST_TWO: WindowTimes = { kind: 'weekly', weekdays: [7], from: 150, days: 0, to: 210 };
const FIRST_HOURS: WindowTimes = { kind: 'weekly', weekdays: [7], from: 30, days: 0, to: 120 };
const HALF_HOUR: WindowTimes = { kind: 'weekly', weekdays: [7], from: 120, days: 0, to: 150 };
const SATURDAYS_AND_SUNDAYS: WindowTimes = { kind: 'weekly', weekdays: [6, 7], from: 0, days: 1, to: 0 };
const CHRISTMAS: WindowTimes = { kind: 'cron', cron: '0 18 24 12 *', duration: 62 * 3_600_000 };
const HOURLY: WindowTimes = { kind: 'cron', cron: '0 * * * *', duration: 2 * 3_600_000 };
const LEAP_DAY: WindowTimes = { kind: 'cron', cron: '0 0 29 2 *', duration: 86_400_000 };

const deny = (times: WindowTimes, timezone = 'Europe/Berlin'): WindowRule => ({ effect: 'deny', times, timezone, text: 'x' });
const allow = (times: WindowTimes, timezone = 'Europe/Berlin'): WindowRule => ({ effect: 'allow', times, timezone, text: 'x' });
const at = (text: string) => instant(Date.parse(text));

function said(rules: readonly WindowRule[], time: string): string {
  const opening = openingAt(rules, at(time));
  const [word, change] = opening.open ? ['open', opening.closesAt] : ['closed', opening.opensAt];
  return `${word} until ${change === undefined ? 'ever' : new Date(change).toISOString().slice(0, 16)}`;
}

describe('an environment', () => {
  it.each([
    // the weekend, in Berlin, in winter and in summer
    [[deny(WEEKEND)], '2026-01-09T13:59:59Z', 'open until 2026-01-09T14:00'],
    [[deny(WEEKEND)], '2026-01-09T14:00:00Z', 'closed until 2026-01-12T07:00'],
    [[deny(WEEKEND)], '2026-01-12T06:59:59Z', 'closed until 2026-01-12T07:00'],
    [[deny(WEEKEND)], '2026-01-12T07:00:00Z', 'open until 2026-01-16T14:00'],
    [[deny(WEEKEND)], '2026-07-10T13:00:00Z', 'closed until 2026-07-13T06:00'],
    // over the change of the clock the wall counts: 15:00 in winter, 08:00 in summer
    [[deny(WEEKEND)], '2026-03-27T14:00:00Z', 'closed until 2026-03-30T06:00'],
    [[deny(WEEKEND)], '2026-10-23T13:00:00Z', 'closed until 2026-10-26T07:00'],
    [[deny(NIGHTS)], '2026-03-28T22:00:00Z', 'closed until 2026-03-29T04:00'],
    [[deny(NIGHTS)], '2026-10-24T20:00:00Z', 'closed until 2026-10-25T05:00'],
    // in spring 02:00 is 03:00: what begins at 02:30 begins then, and what is over by then does not come
    [[deny(HALF_PAST_TWO)], '2026-03-29T00:59:00Z', 'open until 2026-03-29T01:00'],
    [[deny(HALF_PAST_TWO)], '2026-03-29T01:00:00Z', 'closed until 2026-03-29T01:30'],
    [[deny(HALF_HOUR)], '2026-03-29T01:00:00Z', 'open until 2026-04-05T00:00'],
    [[allow(HALF_PAST_TWO)], '2026-03-29T01:00:00Z', 'open until 2026-03-29T01:30'],
    // at midnight, in Havana
    [[deny(FIRST_HOURS, 'America/Havana')], '2026-03-08T05:00:00Z', 'closed until 2026-03-08T06:00'],
    // 02:00 to 02:30 comes twice in autumn: denied from the first to the second, allowed in the first only
    [[deny(HALF_HOUR)], '2026-10-25T00:15:00Z', 'closed until 2026-10-25T01:30'],
    [[deny(HALF_HOUR)], '2026-10-25T00:45:00Z', 'closed until 2026-10-25T01:30'],
    [[allow(HALF_HOUR)], '2026-10-25T00:15:00Z', 'open until 2026-10-25T00:30'],
    [[allow(HALF_HOUR)], '2026-10-25T00:45:00Z', 'closed until 2026-11-01T01:00'],
    // other zones, half an hour and a day apart
    [[deny(NIGHTS, 'Asia/Kolkata')], '2026-01-09T16:29:00Z', 'open until 2026-01-09T16:30'],
    [[deny(NIGHTS, 'Pacific/Kiritimati')], '2026-01-09T08:00:00Z', 'closed until 2026-01-09T16:00'],
    // allowed times
    [[allow(OFFICE)], '2026-01-09T07:59:00Z', 'closed until 2026-01-09T08:00'],
    [[allow(OFFICE)], '2026-01-09T08:00:00Z', 'open until 2026-01-09T16:00'],
    [[allow(OFFICE)], '2026-01-09T16:00:00Z', 'closed until 2026-01-12T08:00'],
    // both: what is denied stays denied
    [[allow(OFFICE), deny(WEEKEND)], '2026-01-09T15:00:00Z', 'closed until 2026-01-12T08:00'],
    [[allow(OFFICE), allow(SATURDAYS_AND_SUNDAYS)], '2026-01-09T17:00:00Z', 'closed until 2026-01-09T23:00'],
    // neighbours are one closure
    [[deny(SATURDAYS_AND_SUNDAYS)], '2026-01-10T12:00:00Z', 'closed until 2026-01-11T23:00'],
    [[deny(SATURDAYS_AND_SUNDAYS), deny(NIGHTS)], '2026-01-10T12:00:00Z', 'closed until 2026-01-12T05:00'],
    // cron
    [[deny(CHRISTMAS)], '2026-12-24T16:59:00Z', 'open until 2026-12-24T17:00'],
    [[deny(CHRISTMAS)], '2026-12-24T17:00:00Z', 'closed until 2026-12-27T07:00'],
    [[deny(CHRISTMAS)], '2026-12-27T07:00:00Z', 'open until 2027-12-24T17:00'],
    [[allow(LEAP_DAY, 'UTC')], '2026-01-01T00:00:00Z', 'closed until 2028-02-29T00:00'],
    // never open: no time is promised
    [[deny(HOURLY)], '2026-01-01T00:30:00Z', 'closed until ever'],
    [[], '2026-01-01T00:00:00Z', 'open until ever'],
  ])('%#: %j at %s is %s', (rules, time, opening) => {
    expect(said(rules, time)).toBe(opening);
  });

  it('says by which rules it is closed', () => {
    const rules = [deny(WEEKEND), allow(OFFICE), deny(NIGHTS)];
    expect(openingAt(rules, at('2026-01-09T15:00:00Z'))).toMatchObject({ open: false, by: [rules[0]] });
    expect(openingAt(rules, at('2026-01-10T12:00:00Z'))).toMatchObject({ open: false, by: [rules[0], rules[1]] });
  });
});
