import { Admission } from './admission.js';
import { SharedQueue } from './shared-queue.js';

const moment = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

describe('requests that ask for the same', () => {
  /** One place, which is taken until `release` is called. */
  function busy(places = 1, waiting = 10, patience = 10_000) {
    const queue = new SharedQueue<string>(new Admission(places, waiting), patience);
    const runs: (readonly string[])[] = [];
    const refused: string[] = [];
    const held: (() => void)[] = [];
    const ask = (key: string, item: string): Promise<void> =>
      queue.run(key, item, async (items, admitted) => {
        if (!admitted) return void refused.push(...items);
        runs.push(items);
        await new Promise<void>((done) => held.push(done));
      });
    const release = async (): Promise<void> => {
      held.shift()?.();
      await moment();
    };
    return { ask, release, runs, refused };
  }

  it('are served alone while there is room, and by one run when they had to wait', async () => {
    const { ask, release, runs } = busy();
    const all = [ask('refs', 'a'), ask('refs', 'b'), ask('refs', 'c'), ask('pack', 'd')];
    await release();
    await release();
    await release();
    await Promise.all(all);
    // a was waiting for its place (a moment) when b and c came; d asks for something else
    expect(runs.flat().sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(runs.length).toBeLessThan(4);
  });

  it('that come while a run is under way are not given its answer, but one that begins later', async () => {
    const { ask, release, runs } = busy();
    const first = ask('refs', 'a');
    await moment();
    expect(runs).toEqual([['a']]);
    const later = [ask('refs', 'b'), ask('refs', 'c')];
    await release();
    expect(runs).toEqual([['a'], ['b', 'c']]);
    await release();
    await Promise.all([first, ...later]);
  });

  it('wait for the run before although there is room, so that those who come meanwhile are served by one more run', async () => {
    const { ask, release, runs } = busy(16);
    const all = [ask('refs', 'a')];
    await moment();
    for (const item of ['b', 'c', 'd']) {
      all.push(ask('refs', item));
      await moment();
    }
    const other = ask('pack', 'e');
    await moment();
    expect(runs).toEqual([['a'], ['e']]);
    await release();
    expect(runs).toEqual([['a'], ['e'], ['b', 'c', 'd']]);
    await release();
    await release();
    await Promise.all([...all, other]);
  });

  it('do not wait for long behind a run that takes its time', async () => {
    const { ask, release, runs } = busy(16, 10, 20);
    const all = [ask('refs', 'a')];
    await moment();
    all.push(ask('refs', 'b'), ask('refs', 'c'));
    await new Promise((done) => setTimeout(done, 100));
    expect(runs).toEqual([['a'], ['b', 'c']]);
    await release();
    await release();
    await Promise.all(all);
  });

  it('count as one where too many wait, and are refused together', async () => {
    const { ask, release, refused } = busy(1, 1);
    const first = ask('tags', 'a');
    await moment();
    const waiting = [ask('refs', 'b'), ask('refs', 'c')];
    await ask('pack', 'd');
    expect(refused).toEqual(['d']);
    await release();
    await release();
    await Promise.all([first, ...waiting]);
    expect(refused).toEqual(['d']);
  });
});
