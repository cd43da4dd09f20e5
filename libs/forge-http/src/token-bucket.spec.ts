import { type Busy, instant } from '@sluice/kernel';
import { TokenBucket } from './token-bucket.js';

const NOW = 1_700_000_000_000;
const at = (milliseconds: number) => instant(NOW + milliseconds);

test('a rested bucket gives its burst at once, then one turn after the other', () => {
  const bucket = new TokenBucket({ rate: 10, burst: 3, queue: 10 });
  expect([0, 0, 0, 0, 0].map((time) => bucket.take(at(time)))).toEqual([0, 0, 0, 100, 200]);
});

test('who comes later is never served earlier', () => {
  const bucket = new TokenBucket({ rate: 10, burst: 1, queue: 10 });
  const turns = [0, 10, 20, 250, 251].map((time) => time + bucket.take(at(time)));
  expect(turns).toEqual([0, 100, 200, 300, 400]);
});

test('it fills up again to its burst and no further', () => {
  const bucket = new TokenBucket({ rate: 10, burst: 2, queue: 10 });
  for (let count = 0; count < 4; count += 1) bucket.take(at(0));
  expect([60_000, 60_000, 60_000].map((time) => bucket.take(at(time)))).toEqual([0, 0, 100]);
});

test('more than the queue holds are sent away, and cost nobody a turn', () => {
  const bucket = new TokenBucket({ rate: 10, burst: 1, queue: 2 });
  for (let count = 0; count < 3; count += 1) bucket.take(at(0));
  for (let count = 0; count < 2; count += 1) expect(() => bucket.take(at(0))).toThrow(expect.objectContaining({ until: NOW + 300 }) as Busy);
  expect(bucket.take(at(100))).toBe(200);
});

test('a clock that goes back stops nothing', () => {
  const bucket = new TokenBucket({ rate: 10, burst: 2, queue: 10 });
  bucket.take(at(3_600_000));
  expect([0, 0, 0].map((time) => bucket.take(at(time)))).toEqual([0, 0, 100]);
});
