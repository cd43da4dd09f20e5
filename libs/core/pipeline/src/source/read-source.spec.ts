import { parsePipeline } from '../parse-pipeline.js';
import { findingsOf } from '../pipeline-text.fixture.js';

/** `levels` anchors, each of which repeats the one before nine times. */
function aliasBomb(levels: number): string {
  const lines = Array.from({ length: levels }, (_, level) => `a${level}: &a${level} [${Array(9).fill(level === 0 ? 'x' : `*a${level - 1}`).join(',')}]`);
  return lines.join('\n');
}

describe('a text that is no pipeline file at all', () => {
  it.each([
    ['nothing', '', '1:1 : must be a map, but nothing is written here'],
    ['a list', '- a', '1:1 : must be a map, not a list'],
    ['broken YAML', 'a:\n  b: "c\n', '3:1 : not valid YAML: Missing closing "quote'],
    ['a key that is written twice', 'a: 1\nb: 2\na: 3', '3:1 : the same key is written twice in this map; remove one of them'],
    ['an alias without anchor', 'a: *x', '1:4 a: there is no anchor "&x" before this alias'],
    ['several documents', 'a: 1\n---\nb: 2\n', '2:1 : the file holds several YAML documents; a pipeline file has exactly one'],
    ['a tag', 'a: !secret x', '1:4 : not valid YAML: Unresolved tag: !secret'],
    ['a key that is a list', '? [a]\n: b', '1:3 : a key must be a text'],
    ['an anchor within itself', 'a: &a [*a]', '1:8 a'],
    ['an alias bomb', aliasBomb(9), '5:30 a4'],
    ['flow lists in lists', '['.repeat(1_000_000), '1:32 : the file is nested deeper than 32 levels'],
    ['block lists in lists', '- '.repeat(500_000), '1:63 : the file is nested deeper than 32 levels'],
    ['a map of too many keys', Array.from({ length: 6_000 }, (_, index) => `k${index}: 1`).join('\n'), 'the file has a list or map of more than 5000 entries'],
    ['too large a file', ' '.repeat(1_048_577), '1:1 : the file is larger than 1 MiB'],
    ['too large a file in bytes', `# ${'ü'.repeat(600_000)}`, '1:1 : the file is larger than 1 MiB'],
  ])('is refused: %s', (_, text, finding) => {
    const [first, ...others] = findingsOf(text);
    expect(first).toContain(finding);
    expect(others).toEqual([]);
  });

  it('is refused when it names keys that JavaScript objects have anyway', () => {
    expect(findingsOf('__proto__: { apiVersion: sluice.dev/v1 }\nconstructor: 1')).toEqual(expect.arrayContaining(['1:1 apiVersion: "apiVersion" is missing']));
    expect(parsePipeline('__proto__: {}').diagnostics.map(({ at }) => at)).toContain('__proto__');
  });

  it('never gets control characters into a message', () => {
    for (const { message, at } of parsePipeline('"a\\u001b[31m": 1\nkind: "\\u202e"').diagnostics) expect(message + at).not.toMatch(/[\u001b\u202e]/);
  });
});
