import { backOff } from './retry.js';

describe('the wait before another attempt', () => {
  const [least, most] = [0, 1 - Number.EPSILON];

  test('is twice as long each time, and no longer than four seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 20].map((failed) => backOff(failed, most))).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  test('is anything between its half and all of it, so that many who failed together do not come back together', () => {
    expect([1, 3, 20].map((failed) => backOff(failed, least))).toEqual([125, 500, 2_000]);
    const waits = [0.1, 0.3, 0.5, 0.7, 0.9].map((random) => backOff(3, random));
    expect(waits).toEqual([550, 650, 750, 850, 950]);
  });
});
