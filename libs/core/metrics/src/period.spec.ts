import { instant } from '@sluice/kernel';
import { bucketsOf, readPeriod } from './period.js';

const NOW = instant(Date.parse('2026-11-26T17:00:00Z'));
const at = (text: string) => Date.parse(text);

describe('a period', () => {
  it.each([
    ['the last 30 days', {}, '2026-10-27T17:00:00Z', '2026-11-26T17:00:00Z'],
    ['30 days before an end', { to: '2026-11-01' }, '2026-10-02T00:00:00Z', '2026-11-01T00:00:00Z'],
    ['days of a time zone', { from: '2026-10-20', to: '2026-11-01', timezone: 'Europe/Berlin' }, '2026-10-19T22:00:00Z', '2026-10-31T23:00:00Z'],
    ['times with their offset', { from: '2026-11-01T08:00+01:00', to: '2026-11-01T08:00:30.500Z', timezone: 'Asia/Tokyo' }, '2026-11-01T07:00:00Z', '2026-11-01T08:00:30.500Z'],
    ['the longest there is', { from: '2025-10-22', to: '2026-11-26' }, '2025-10-22T00:00:00Z', '2026-11-26T00:00:00Z'],
  ])('is %s', (_, wanted, from, to) => {
    expect(readPeriod({ timezone: 'UTC', ...wanted }, NOW)).toEqual({ from: at(from), to: at(to) });
  });

  it.each([
    ['from', { from: '2026-11-02', to: '2026-11-01' }, 'not before the end'],
    ['from', { from: '2026-11-01', to: '2026-11-01' }, 'not before the end'],
    ['from', { from: '2027-01-01' }, 'not before the end'],
    ['from', { from: '2025-10-21', to: '2026-11-26' }, 'more than 400 days'],
    ['from', { from: '0001-01-01' }, 'more than 400 days'],
    ['from', { from: '2026-02-30' }, 'not a day'],
    ['from', { from: '2026-11-01T08:00' }, 'not a day'],
    ['from', { from: "2026-11-01'; drop table promotions" }, 'not a day'],
    ['from', { from: '-1' }, 'not a day'],
    ['to', { to: 'tomorrow' }, 'not a day'],
    ['to', { to: '+275760-09-13' }, 'not a day'],
    ['timezone', { timezone: 'Mars/Phobos' }, 'not a time zone'],
    ['timezone', { timezone: '' }, 'not a time zone'],
  ])('names the field that is wrong: %s of %j', (field, wanted, message) => {
    expect(readPeriod({ timezone: 'UTC', ...wanted }, NOW)).toEqual({ at: field, message: expect.stringContaining(message) });
  });
});

describe('the days and weeks of a period', () => {
  const period = (from: string, to: string) => ({ from: instant(at(from)), to: instant(at(to)) });
  const starts = (buckets: readonly { readonly from: number }[]) => buckets.map(({ from }) => new Date(from).toISOString().slice(0, 16));

  it('follow the clock of the time zone: a day on which it is set back has 25 hours', () => {
    const days = bucketsOf(period('2026-10-24T22:00:00Z', '2026-10-26T23:00:00Z'), 'day', 'Europe/Berlin');
    expect(days.map(({ from, to }) => (to - from) / 3_600_000)).toEqual([25, 24]);
  });

  it('cut the first and the last week, and meet without a gap', () => {
    const weeks = bucketsOf(period('2026-11-04T12:00:00Z', '2026-11-17T06:00:00Z'), 'week', 'UTC');
    expect(starts(weeks)).toEqual(['2026-11-04T12:00', '2026-11-09T00:00', '2026-11-16T00:00']);
    expect(weeks.slice(1).map(({ from }) => from)).toEqual(weeks.slice(0, -1).map(({ to }) => to));
  });

  it('go on where a zone has no midnight, or leaves out a day', () => {
    expect(bucketsOf(period('2026-09-01T00:00:00Z', '2026-09-12T00:00:00Z'), 'day', 'America/Santiago')).toHaveLength(12);
    expect(bucketsOf(period('2011-12-28T00:00:00Z', '2012-01-02T00:00:00Z'), 'day', 'Pacific/Apia').every(({ from, to }) => to > from)).toBe(true);
  });
});
