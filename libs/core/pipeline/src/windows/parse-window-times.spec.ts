import { parseWindowTimes } from './parse-window-times.js';

const weekly = (weekdays: readonly number[], from: number, days: number, to: number) => ({ ok: true, times: { kind: 'weekly', weekdays, from, days, to } });
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

describe('the times of a window', () => {
  it.each([
    ['Fri 15:00-Mon 08:00', weekly([5], 900, 3, 480)],
    ['fri 15:00 - mon 08:00', weekly([5], 900, 3, 480)],
    ['Sun 22:00-Mon 24:00', weekly([7], 1320, 2, 0)],
    ['Fri 08:00-Fri 15:00', weekly([5], 480, 0, 900)],
    ['Fri 15:00-Fri 08:00', weekly([5], 900, 7, 480)],
    ['22:00-06:00', weekly(EVERY_DAY, 1320, 1, 360)],
    ['9:00-17:30', weekly(EVERY_DAY, 540, 0, 1050)],
    ['12:00-24:00', weekly(EVERY_DAY, 720, 1, 0)],
    ['Mon-Fri 09:00-17:00', weekly([1, 2, 3, 4, 5], 540, 0, 1020)],
    ['Sat-Mon 22:00-06:00', weekly([1, 6, 7], 1320, 1, 360)],
    ['Wed,Mon 22:00-06:00', weekly([1, 3], 1320, 1, 360)],
    ['Sat,Sun', weekly([6, 7], 0, 1, 0)],
    ['Mon-Tue,Fri', weekly([1, 2, 5], 0, 1, 0)],
    ['0 18 24 12 * for 62h', { ok: true, times: { kind: 'cron', cron: '0 18 24 12 *', duration: 223_200_000 } }],
    ['0 22 * * MON-FRI for 8h', { ok: true, times: { kind: 'cron', cron: '0 22 * * MON-FRI', duration: 28_800_000 } }],
    ['0 0 29 2 * for 1d', { ok: true, times: { kind: 'cron', cron: '0 0 29 2 *', duration: 86_400_000 } }],
  ])('are read from %j', (text, result) => {
    expect(parseWindowTimes(text)).toEqual(result);
  });

  it.each([
    ['Frj 15:00-Mon 08:00', '"Frj" is not a weekday'],
    ['Fri 15:00-Mod 08:00', '"Mod" is not a weekday'],
    ['Fri 25:00-Mon 08:00', '"25:00" is not a time of day'],
    ['Fri 15:00-Mon 8', '"8" is not a time of day'],
    ['Fri 24:00-Mon 08:00', '"24:00" is not a time of day'],
    ['Fri 15:00-Fri 15:00', 'begins and ends at the same time'],
    ['22:00-22:00', 'begins and ends at the same time'],
    ['22:00-6:60', '"6:60" is not a time of day'],
    ['Mon-Fry 09:00-17:00', '"Fry" is not a weekday'],
    ['weekends', 'must be times such as'],
    ['', 'must be times such as'],
    ['0 22 * * for 8h', 'has 4'],
    ['* 0 22 * * * for 8h', 'has 6'],
    ['0 25 * * * for 8h', '"0 25 * * *" is not a cron expression'],
    ['0 0 30 2 * for 8h', '"0 0 30 2 *" is not a cron expression'],
    ['H 22 * * * for 8h', '"H" is not a field of a cron expression'],
    ['0 22 * * * for ever', '"ever" after "for" is not a duration'],
    ['0 22 * * * for 0s', '"0s" after "for" is not a duration'],
  ])('are not read from %j', (text, problem) => {
    expect(parseWindowTimes(text)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });
});
