import { setTimeout as sleep } from 'node:timers/promises';
import { AtMost } from '@sluice/kernel';
import { Lru } from './lru.js';
import { OneAtATime, Shared } from './one-at-a-time.js';

describe('work that must not overlap', () => {
  it('runs in the order in which it came, also after a failure', async () => {
    const lock = new OneAtATime();
    const seen: number[] = [];
    const runs = [30, 5, 1].map((delay, index) =>
      lock.run(async () => {
        await sleep(delay);
        seen.push(index);
        if (index === 0) throw new Error('first failed');
      }),
    );
    expect((await Promise.allSettled(runs)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(seen).toEqual([0, 1, 2]);
  });

  it('is bounded in number', async () => {
    const places = new AtMost(3);
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        places.run(async () => {
          most = Math.max(most, (running += 1));
          await sleep(1);
          running -= 1;
        }),
      ),
    );
    expect(most).toBe(3);
  });

  it('is shared by all who come before it begins, and never by who comes later', async () => {
    let runs = 0;
    const shared = new Shared(async () => {
      const run = (runs += 1);
      await sleep(10);
      if (run === 2) throw new Error('second failed');
      return run;
    });
    const early = shared.run();
    const late = [shared.run(), shared.run()];
    expect(await early).toBe(1);
    expect((await Promise.allSettled(late)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await shared.run()).toBe(3);
  });
});

describe('a map that forgets', () => {
  it('forgets what was used longest ago, by weight', () => {
    const map = new Lru<string, number>(3);
    map.set('a', 1);
    map.set('b', 2);
    map.set('c', 3);
    map.get('a');
    map.set('d', 4, 2);
    expect(['a', 'b', 'c', 'd'].map((key) => map.get(key))).toEqual([1, undefined, undefined, 4]);
  });

  it('does not keep what is heavier than all of it', () => {
    const map = new Lru<string, number>(3);
    map.set('a', 1, 10);
    expect(map.get('a')).toBeUndefined();
  });
});
