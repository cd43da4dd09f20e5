import fc from 'fast-check';

import { globsOverlap, overlapExample } from './glob-overlap.js';
import { anyGlob, anyPath, naiveMatches } from './glob.fixture.js';

const matches = (glob: string, path: string) => naiveMatches(glob.split('/'), path.split('/'));

describe('two globs', () => {
  it.each([
    ['apps/a/**', 'apps/b/**', false],
    ['apps/**', 'apps/b/**', true],
    ['**/env/**', 'apps/**', true],
    ['*.yaml', '*.json', false],
    ['a*', '*a', true],
    ['a*b', 'b*', false],
    ['a?', 'a??', false],
    ['apps/*', 'apps/*/*', false],
    ['apps/**', 'apps', true],
    ['**', '*', true],
  ])('%s and %s overlap: %s', (a, b, expected) => {
    expect(globsOverlap(a, b)).toBe(expected);
    expect(globsOverlap(b, a)).toBe(expected);
  });

  it('overlap in a path that both match', () => {
    expect(overlapExample('**/env/*.yaml', 'apps/**')).toBe('apps/env/.yaml');
    fc.assert(
      fc.property(anyGlob, anyGlob, (a, b) => {
        const path = overlapExample(a, b);
        if (path !== undefined) expect([matches(a, path), matches(b, path)]).toEqual([true, true]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('never match the same path when they do not overlap', () => {
    fc.assert(
      fc.property(anyGlob, anyGlob, anyPath, (a, b, path) => {
        if (matches(a, path) && matches(b, path)) expect(globsOverlap(a, b)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('are compared quickly even when both are made of wildcards', () => {
    expect(globsOverlap(`${'*a'.repeat(200)}b`, `${'a*'.repeat(200)}c`)).toBe(false);
  });
});
