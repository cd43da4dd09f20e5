import { InvalidInput } from '@sluice/kernel';
import fc from 'fast-check';

import { anyGlob, anyPath, naiveMatches } from './glob.fixture.js';
import { compileSelection } from './selection.js';

const selecting = (include: string[], exclude: string[] = []) => compileSelection({ include, exclude });

describe('a selection of files', () => {
  it.each([
    ['apps/**', 'apps/a/b.yaml', true],
    ['apps/**', 'apps2/a.yaml', false],
    ['**/env/**', 'env/a.yaml', true],
    ['**/env/**', 'a/b/env/c/d.yaml', true],
    ['**/env/**', 'a/environment/c.yaml', false],
    ['apps/*/x.yaml', 'apps/a/x.yaml', true],
    ['apps/*/x.yaml', 'apps/a/b/x.yaml', false],
    ['*.yaml', 'a/x.yaml', false],
    ['a?c', 'aüc', true],
    ['a?c', 'a💧c', true],
    ['a.c', 'abc', false],
  ])('%s and the file %s: %s', (glob, path, expected) => {
    expect(selecting([glob]).matches(path)).toBe(expected);
  });

  it('leaves out what an exclude matches', () => {
    const selection = selecting(['apps/**'], ['**/env/**']);
    expect(selection.matches('apps/a/x.yaml')).toBe(true);
    expect(selection.matches('apps/a/env/x.yaml')).toBe(false);
  });

  it('refuses a malformed glob', () => {
    expect(() => selecting(['apps/{a,b}'])).toThrow(InvalidInput);
  });

  it('agrees with the definition of the language on any glob and path', () => {
    fc.assert(
      fc.property(anyGlob, anyPath, (glob, path) => {
        expect(selecting([glob]).matches(path)).toBe(naiveMatches(glob.split('/'), path.split('/')));
      }),
      { numRuns: 3_000 },
    );
  });

  it('decides a glob that makes backtracking matchers hang', () => {
    const glob = `${'*a'.repeat(200)}*b`;
    expect(selecting([glob]).matches('a'.repeat(4_000))).toBe(false);
    expect(selecting([`${'**/a/'.repeat(14)}b`]).matches('a/'.repeat(2_000) + 'c')).toBe(false);
  });
});

describe('the coverage of a folder', () => {
  it.each([
    [['**'], [], '', 'all'],
    [['**'], ['.sluice/**'], '', 'some'],
    [['**'], ['.sluice/**'], '.sluice', 'none'],
    [['**'], ['.sluice/**'], 'apps', 'all'],
    [['apps/**'], [], '', 'some'],
    [['apps/**'], [], 'apps', 'all'],
    [['apps/**'], [], 'apps/a/b', 'all'],
    [['apps/**'], [], 'platform', 'none'],
    [['apps/*/x'], [], 'apps/a/x', 'none'],
    [['apps/**/*'], [], 'apps', 'all'],
    [['apps/*/*/**'], [], 'apps', 'some'],
    [['apps/**'], ['**/env/**'], 'apps/a', 'some'],
    [['apps/**'], ['**/env/**'], 'apps/env', 'none'],
    [[], [], '', 'none'],
  ])('of include %j and exclude %j at %j is %s', (include, exclude, folder, expected) => {
    expect(selecting(include, exclude).coverage(folder)).toBe(expected);
  });

  it('is never wrong when it says all or none', () => {
    const globs = fc.array(anyGlob, { maxLength: 2 });
    fc.assert(
      fc.property(globs, globs, anyPath, anyPath, (include, exclude, folder, below) => {
        const selection = selecting(include, exclude);
        const coverage = selection.coverage(folder);
        if (coverage !== 'some') expect(selection.matches(`${folder}/${below}`)).toBe(coverage === 'all');
      }),
      { numRuns: 3_000 },
    );
  });
});
