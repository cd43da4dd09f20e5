import { InvalidInput } from '@sluice/kernel';
import { parseMoment, parseSeconds } from './moment.js';

describe('a time on the command line', () => {
  it.each([
    ['2026-12-24T18:00+01:00', '2026-12-24T17:00:00.000Z'],
    ['2026-12-24T18:00:30Z', '2026-12-24T18:00:30.000Z'],
    ['2026-12-24T18:00', new Date(2026, 11, 24, 18).toISOString()],
    ['2026-12-24', new Date(2026, 11, 24).toISOString()],
  ])('%s is %s', (text, time) => {
    expect(parseMoment('--at', text)).toBe(time);
  });

  it.each(['tomorrow', '2026-12-24 18:00', '2026-13-01', '24.12.2026', '2026-12-24T25:00', '2026-02-30', '2027-02-29T12:00+01:00', ''])('is not %j', (text) => {
    expect(() => parseMoment('--at', text)).toThrow(InvalidInput);
  });
});

describe('how long something is to last', () => {
  it.each([
    ['90s', 90],
    ['2h', 7_200],
    ['90d', 7_776_000],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseSeconds('--for', text)).toBe(seconds);
  });

  it.each(['', '0s', '500ms', 'soon', '-1h'])('is not %j', (text) => {
    expect(() => parseSeconds('--for', text)).toThrow(InvalidInput);
  });

  it('is within what the server takes, or the option says what that is', () => {
    for (const text of ['1m', '90d']) expect(parseSeconds('--for', text, ['1m', '90d'])).toBeGreaterThan(0);
    for (const text of ['59s', '91d']) expect(() => parseSeconds('--for', text, ['1m', '90d'])).toThrow(`--for ${text}: give a length of time from 1m to 90d`);
  });
});
