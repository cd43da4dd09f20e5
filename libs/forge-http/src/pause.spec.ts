import { instant } from '@sluice/kernel';
import { exhaustedUntil, refusedUntil } from './pause.js';
import type { Rate } from './rate-headers.js';

const NOW = instant(1_700_000_000_000);
const inSeconds = (seconds: number) => instant(NOW + seconds * 1_000);
const SECONDARY = '{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}';

const cases: readonly [string, { status: number; headers?: Record<string, string>; rate?: Rate; body?: string }, number | undefined][] = [
  ['429 with seconds', { status: 429, headers: { 'retry-after': '30' } }, 30],
  ['429 with a date', { status: 429, headers: { 'retry-after': new Date(NOW + 90_000).toUTCString() } }, 90],
  ['429 that says nothing', { status: 429 }, 60],
  ['429 with nonsense', { status: 429, headers: { 'retry-after': 'soon' } }, 60],
  ['429 with a reset', { status: 429, rate: { remaining: 0, resetAt: inSeconds(600) } }, 600],
  ['a pause of no time', { status: 429, headers: { 'retry-after': '0' } }, 1],
  ['a pause of a year', { status: 429, headers: { 'retry-after': '31536000' } }, 86_400],
  ['GitHub’s primary limit', { status: 403, rate: { remaining: 0, resetAt: inSeconds(1_800) }, body: '{"message":"API rate limit exceeded"}' }, 1_800],
  ['GitHub’s secondary limit', { status: 403, rate: { remaining: 4_000 }, body: SECONDARY }, 60],
  ['GitHub’s secondary limit with Retry-After', { status: 403, headers: { 'retry-after': '120' }, body: SECONDARY }, 120],
  ['GraphQL’s limit, which comes with status 200', { status: 200, rate: { remaining: 0, resetAt: inSeconds(300) }, body: '{"errors":[{"type":"RATE_LIMITED"}]}' }, 300],
  ['maintenance', { status: 503, headers: { 'retry-after': '300' } }, 300],
  ['a missing permission', { status: 403, rate: { remaining: 4_000 }, body: '{"message":"Resource not accessible by integration"}' }, undefined],
  ['the last call of a quota', { status: 200, rate: { remaining: 0, resetAt: inSeconds(300) }, body: '{}' }, undefined],
  ['an answer that will be there later', { status: 202, headers: { 'retry-after': '3' } }, undefined],
  ['a fault', { status: 502 }, undefined],
];

test.each(cases)('what refuses calls, and until when: %s', (_, { status, headers = {}, rate = {}, body = '' }, seconds) => {
  expect(refusedUntil({ status, headers: new Headers(headers), rate, body }, NOW)).toBe(seconds === undefined ? undefined : inSeconds(seconds));
});

test.each<[string, Rate, number | undefined]>([
  ['the last call', { remaining: 0, resource: 'core', resetAt: inSeconds(60) }, 60],
  ['the last call where there is one quota only', { remaining: 0, resetAt: inSeconds(60) }, 60],
  ['another quota', { remaining: 0, resource: 'search', resetAt: inSeconds(60) }, undefined],
  ['one call left', { remaining: 1, resetAt: inSeconds(60) }, undefined],
  ['a reset that was', { remaining: 0, resetAt: inSeconds(-1) }, undefined],
])('a quota that is used up stops calls before they are refused: %s', (_, rate, seconds) => {
  expect(exhaustedUntil(rate, NOW)).toBe(seconds === undefined ? undefined : inSeconds(seconds));
});
