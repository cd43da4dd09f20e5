import { trackDrift } from './track-drift.js';

const none = new Set<string>();

describe('the drift that is reported', () => {
  it('keeps the time at which it was first seen', () => {
    const first = trackDrift([], [{ path: 'a', kind: 'modified' }], none, 10);
    expect(trackDrift(first, [{ path: 'a', kind: 'modified' }], none, 20)).toEqual([{ path: 'a', kind: 'modified', reverted: false, at: 10 }]);
  });

  it('forgets what went away by itself and keeps what was reverted', () => {
    const first = trackDrift([], [{ path: 'a', kind: 'modified' }, { path: 'f', kind: 'foreign' }], new Set(['a']), 10);
    expect(trackDrift(first, [], none, 20)).toEqual([{ path: 'a', kind: 'modified', reverted: true, at: 10 }]);
  });

  it('names a path once: what is found again replaces what was reverted', () => {
    const first = trackDrift([], [{ path: 'a', kind: 'modified' }], new Set(['a']), 10);
    expect(trackDrift(first, [{ path: 'a', kind: 'missing' }], new Set(['a']), 20)).toEqual([{ path: 'a', kind: 'missing', reverted: true, at: 20 }]);
  });

  it('is bounded, and what is there now comes first', () => {
    const past = Array.from({ length: 200 }, (_, index) => ({ path: `p${index}`, kind: 'modified' as const, reverted: true, at: index }));
    const drift = trackDrift(past, [{ path: 'now', kind: 'missing' }], none, 999);
    expect(drift).toHaveLength(200);
    expect(drift[0]).toMatchObject({ path: 'now' });
    expect(drift.at(-1)).toMatchObject({ path: 'p1' });
  });
});
