import { later } from '@sluice/kernel';
import type { Promotion } from './model.js';
import { aPromotion, NOW, sha } from './promotion.fixture.js';
import { refusedMerge } from './refused-merge.js';
import { transition } from './transition.js';

const MINUTE = 60_000;

/** Asked to merge it at each of these times (milliseconds), the forge refused. */
function refusedAt(...times: readonly number[]): Promotion {
  return times.reduce<Promotion>((promotion, time) => tried(promotion, time), aPromotion());
}

function tried(promotion: Promotion, time: number, by: 'sluice' | 'ada' = 'sluice'): Promotion {
  const asked = transition(promotion, { kind: 'merge-requested', by: by as 'sluice' }, later(NOW, time));
  return transition(asked, { kind: 'merge-refused', message: `no (${time})`, byForge: true }, later(NOW, time));
}

describe('a merge that the forge refuses', () => {
  it('is tried again after as long as it has been refused already, between half a minute and five', () => {
    const waits = [[0], [0, 30_000], [0, 30_000, MINUTE], [0, 30_000, MINUTE, 2 * MINUTE], [0, 60 * MINUTE]].map((times) => {
      const last = times.at(-1) ?? 0;
      return ((refusedMerge(refusedAt(...times))?.nextTry ?? 0) - NOW - last) / 1_000;
    });
    expect(waits).toEqual([30, 30, 60, 120, 300]);
  });

  it('says since when, and what the forge said the last time', () => {
    expect(refusedMerge(refusedAt(5, 10, 15))).toMatchObject({ since: later(NOW, 5), message: 'no (15)' });
  });

  it('is told in a timeline once for the first and once for the last time, beside the persons who asked for it', () => {
    const { timeline } = tried(tried(refusedAt(1, 2, 3), 4, 'ada'), 5);
    expect(timeline.map(({ what, by, at }) => [what, by, at - NOW])).toEqual([
      ['merging', 'sluice', 1],
      ['merge refused', 'forge', 1],
      ['merging', 'ada', 4],
      ['merge refused', 'forge', 5],
    ]);
  });

  it('is over when something else has happened', () => {
    const passed = { ...refusedAt(1), timeline: [...refusedAt(1).timeline, { at: later(NOW, 2), what: 'gate failed' }] };
    expect(refusedMerge(passed)).toBeUndefined();
  });

  it('is told with why it was composed again, when that came before it', () => {
    const merging = transition(refusedAt(1), { kind: 'merge-requested', by: 'sluice' }, later(NOW, 2));
    const again = transition(merging, { kind: 'recomposed', head: sha('7'), onto: sha('8'), message: 'it has to have all of prod' }, later(NOW, 2));
    expect(refusedMerge(again)).toBeUndefined();
    expect(refusedMerge(tried(again, 3))?.message).toBe('it has to have all of prod. no (3)');
  });

  it('is none when Sluice itself has stopped it', () => {
    const merging = transition(aPromotion(), { kind: 'merge-requested', by: 'sluice' }, NOW);
    expect(refusedMerge(transition(merging, { kind: 'merge-refused', message: 'windows: closed' }, NOW))).toBeUndefined();
  });
});
