import { instant } from '@sluice/kernel';
import { readRate } from './rate-headers.js';

const NOW = instant(1_700_000_000_000);

test.each([
  ['GitHub’s', { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999', 'x-ratelimit-used': '1', 'x-ratelimit-reset': '1700003600', 'x-ratelimit-resource': 'core' }, { limit: 5000, remaining: 4999, used: 1, resource: 'core', resetAt: 1_700_003_600_000 }],
  ['GitLab’s', { 'ratelimit-limit': '600', 'ratelimit-remaining': '0', 'ratelimit-observed': '600', 'ratelimit-reset': '1700000060' }, { limit: 600, remaining: 0, used: 600, resetAt: 1_700_000_060_000 }],
  ['those of the draft of the IETF, with seconds', { 'ratelimit-remaining': '3', 'ratelimit-reset': '30' }, { remaining: 3, resetAt: 1_700_000_030_000 }],
  ['those of a forge whose clock is ten minutes ahead', { 'x-ratelimit-reset': '1700000660', date: new Date(1_700_000_600_000).toUTCString() }, { resetAt: 1_700_000_060_000 }],
  ['none', {}, {}],
  ['some that are no numbers', { 'x-ratelimit-remaining': 'many', 'x-ratelimit-reset': '-1', 'x-ratelimit-resource': 'a b' }, {}],
])('rate headers are read: %s', (_, headers, rate) => {
  expect(readRate(new Headers(headers as Record<string, string>), NOW)).toEqual(rate);
});
