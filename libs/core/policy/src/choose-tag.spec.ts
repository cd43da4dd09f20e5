import { chooseTag, semverRangeProblem } from './choose-tag.js';
import type { ImagePolicy } from './choose-tag.js';

const semver = (range: string): ImagePolicy => ({ kind: 'semver', range });
const glob = (pattern: string): ImagePolicy => ({ kind: 'glob', pattern });
const NEWEST: ImagePolicy = { kind: 'newest' };

describe('the newest tag', () => {
  it.each<[string, ImagePolicy, readonly string[], string | undefined]>([
    ['is the highest version in the range, by number and not by text', semver('^1'), ['1.9.0', '1.10.0', '2.0.0', '1.2.0'], '1.10.0'],
    ['may begin with v', semver('^1'), ['v1.0.0', 'v1.2.0', '1.1.0'], 'v1.2.0'],
    ['is no pre-release unless the range asks for one', semver('^1'), ['1.0.0', '1.1.0-rc.1'], '1.0.0'],
    ['is a pre-release when the range asks for one', semver('>=1.1.0-0'), ['1.0.0', '1.1.0-rc.1', '1.1.0-rc.2'], '1.1.0-rc.2'],
    ['is no tag that only looks like a version', semver('*'), ['1.0', 'latest', '1.0.0.1', '01.0.0', 'sha-1.0.0'], undefined],
    ['is the highest of all versions for "newest"', NEWEST, ['latest', '1.0.0', '3.0.0-beta.1', '2.0.0'], '2.0.0'],
    ['is none where there is nothing', NEWEST, [], undefined],
    ['is the last that matches, where numbers count as numbers', glob('main-*'), ['main-9', 'main-10', 'other-11', 'main-'], 'main-10'],
    ['is the last date that matches', glob('nightly-????-??-??'), ['nightly-2026-01-02', 'nightly-2025-12-31', 'nightly-2026-1-3'], 'nightly-2026-01-02'],
    ['counts leading zeros for nothing', glob('b*'), ['b007', 'b8'], 'b8'],
    ['is the one that a pattern without stars names', glob('stable'), ['stable', 'stable-1'], 'stable'],
    ['matches a star in the middle', glob('v*-alpine'), ['v1-alpine', 'v2-alpine', 'v3'], 'v2-alpine'],
    ['does not match with anything missing', glob('*-b?c'), ['a-bc', 'a-b', '-bbbc'], undefined],
  ])('%s', (_, policy, tags, expected) => {
    expect(chooseTag(policy, tags)).toBe(expected);
    expect(chooseTag(policy, [...tags].reverse())).toBe(expected);
  });

  it('is found at once however many stars a pattern has', () => {
    expect(chooseTag(glob(`${'*a'.repeat(60)}b`), ['a'.repeat(128)])).toBeUndefined();
  });
});

test.each(['two', '', ' ', '^1 ||| 2', '1'.repeat(300)])('%j is no range', (text) => {
  expect(semverRangeProblem(text)).toMatch(/is no range of versions such as/);
});
