import type { Value } from '../model.js';
import { decodeDocuments } from './decode-documents.js';
import { ManifestError } from './manifest-error.js';

const only = (text: string): Value | undefined => decodeDocuments(text)[0];
const map = (entries: Record<string, Value>): Value => new Map(Object.entries(entries));

function failure(text: string, limits?: Parameters<typeof decodeDocuments>[1]): ManifestError {
  try {
    decodeDocuments(text, limits);
  } catch (error) {
    if (error instanceof ManifestError) return error;
    throw error;
  }
  throw new Error('the text was accepted');
}

describe('a plain scalar means what kubectl makes of it', () => {
  const cases: readonly (readonly [string, Value])[] = [
    ['yes', true], ['y', true], ['On', true], ['TRUE', true], ['tRUE', 'tRUE'],
    ['no', false], ['N', false], ['off', false],
    ['~', null], ['', null], ['NULL', null], ['nULL', 'nULL'],
    ['012', 10], ['0777', 511], ['08', 8], ['089', 89], ['-012', -10], ['0o17', 15], ['0b1_1', 3], ['0x_1F', 31], ['-0x1f', -31], ['+1', 1],
    ['1_000', 1000], ['_1', '_1'], ['1_', 1], ['-_1', -1],
    ['1e3', 1000], ['1.5e3', 1500], ['1e+3', 1000], ['1e', '1e'], ['1.', 1], ['.5', 0.5], ['-.5', -0.5], ['1_0.5', 10.5], ['1e400', '1e400'],
    ['9007199254740993', 9007199254740993n], ['-9223372036854775808', -9223372036854775808n], ['18446744073709551615', 18446744073709551615n],
    ['18446744073709551616', 18446744073709551616],
    ['1:30', '1:30'], ['2001-01-01', '2001-01-01'], ['2001-12-14t21:59:43.10-05:00', '2001-12-14t21:59:43.10-05:00'],
    ['0x', '0x'], ['-', '-'], ['+', '+'], ['.', '.'], ['=', '='], ['<<', '<<'],
    ['"yes"', 'yes'], ["'012'", '012'], ['!!str 012', '012'], ['!!int "3"', 3], ['!!float 3', 3], ['!!float -9223372036854775808', -9223372036854775808], ['!!int 0x1F', 31], ['!!int 18446744073709551615', 18446744073709551615n], ['!!bool "on"', true], ['!!null ""', null],
  ];
  test.each(cases.filter(([text]) => text !== '-'))('%s', (text, value) => {
    expect(only(`{a: ${text}}`)).toEqual(map({ a: value }));
  });
});

describe('a key is the text that kubectl writes into JSON', () => {
  test.each([['1.10', '1.1'], ['1e3', '1000'], ['0x10', '16'], ['yes', 'true'], ['n', 'false'], ['9223372036854775807', '9223372036854775807'], ['"yes"', 'yes']])('%s is %s', (key, text) => {
    expect(only(`${key}: 1\n`)).toEqual(map({ [text]: 1 }));
  });
  test.each(['~', '[a]', '{a: 1}', '0.1234567', '0.00001', '1e30', '9223372036854775808'])('%s is refused', (key) => {
    expect(failure(`? ${key}\n: 1\n`).reason).toBe('unsupported');
  });
});

describe('what readers understand differently is refused with its place', () => {
  test.each([
    ['a key that is there twice', 'a: 1\nb: 2\na: 3\n', 3, 1],
    ['a number and a text that are one key', '{1: a, "1": b}', 1, 8],
    ['two merge keys in one map', 'a: &a {x: 1}\nb:\n  <<: *a\n  <<: *a\n', 4, 3],
    ['a merge key that kubectl lets override the key above it', 'a: &a {x: 1}\nb:\n  x: 2\n  <<: *a\n', 4, 3],
    ['an unknown tag', 'a: 1\nb: !vault x\n', 2, 4],
    ['a binary', 'a: !!binary aGVsbG8=\n', 1, 4],
    ['the non-specific tag', 'a: ! 1\n', 1, 4],
    ['infinity', 'a: .inf\n', 1, 4],
    ['not a number', 'a: .nan\n', 1, 4],
    ['content beside the separator', 'a: 1\n--- {b: 2}\n', 2, 4],
    ['a separator that runs on', 'a: 1\n---b: 2\n', 2, 4],
    ['a second document that kubectl never reads', 'a: 1\n...\nb: 2\n', 2, 1],
    ['a directive', '%YAML 1.1\n---\na: 1\n', 1, 1],
    ['an anchor with other characters than letters and digits', 'a: 1\nb: &x#y 1\n', 2, 5],
    ['a line break that is none for everybody', 'a: 1\nb: x\u2028y\n', 2, 5],
    ['a line break in a comment that is none for everybody', '# a\u0085b: 1\n', 1, 4],
    ['half of a surrogate pair', 'a: "\\ud83d"\n', 1, 5],
    ['a blank line below an escaped line break', 'a: "b\\\n\n  c"\n', 1, 5],
    ['a blank line with spaces below an escaped line break', 'a: "b\\\r\n  \r\n  c"\r\n', 1, 5],
    ['a float that says it is an integer', 'a: !!int 08\n', 1, 4],
    ['a map behind an anchor on the line of its key', 'a: &x b: 1\n', 1, 4],
    ['a map behind a tag on the line of its key', 'a: !!str : 1\n', 1, 4],
    ['a merge of an alias of a list', 'a: &a [{b: 1}]\nc:\n  <<: *a\n', 3, 3],
    ['a text in brackets that begins like a key of its own', 'a: {?b: 1}\n', 1, 5],
    ['a text in brackets that kubectl ends at a question mark', 'a: [http://b/?c=1]\n', 1, 5],
    ['a key in brackets whose colon kubectl takes for a part of it', 'a: {b:, c: 1}\n', 1, 6],
    ['a key in brackets with its colon before another bracket', 'a: {b:[1]}\n', 1, 6],
    ['a text in brackets that begins like a value of its own', 'a: [::b]\n', 1, 5],
    ['a float of more than 63 bits', 'a: !!float 9223372036854775808\n', 1, 4],
    ['an anchor inside itself', 'a: &a\n  b: *a\n', 2, 7],
  ])('%s', (_name, text, line, column) => {
    expect(failure(text)).toMatchObject({ kind: 'invalid', reason: expect.not.stringMatching(/limit/), line, column });
  });

  test('bad syntax in the second document names the line of the file', () => {
    expect(failure('a: 1\n---\nb: [1\nc: 2\n')).toMatchObject({ reason: 'syntax', line: 4 });
  });
  test('the error does not quote the text, which may be a secret', () => {
    const error = failure('kind: Secret\nstringData:\n  password: hunter2: [\n');
    expect([error.message, error.stack, String(error.cause), JSON.stringify(error.details)].join()).not.toContain('hunter2');
  });
});

describe('documents', () => {
  test('are cut at separators, and parts with only comments are none', () => {
    expect(decodeDocuments('# licence\n---\n--- # one\na: 1\n---\n# nothing\n---\nb: 2\n...\n')).toEqual([map({ a: 1 }), map({ b: 2 })]);
  });
  test('may be JSON with tabs, escapes and line breaks', () => {
    expect(only('{\r\n\t"a": [1, 2.0, "\\u00e9\\ud83d\\ude00\\/"],\r\n\t"b": null\r\n}\r\n')).toEqual(map({ a: [1, 2, 'é😀/'], b: null }));
  });
  test('may be JSON with characters that are line breaks in YAML', () => {
    expect(only('{"a": "\u2028\u0085"}')).toEqual(map({ a: '\u2028\u0085' }));
  });
  test('may have texts that begin with "?" or ":" outside of brackets', () => {
    expect(only('a: ?b\nc: :d\ne: ["f?", "?g", ":h"]\n')).toEqual(map({ a: '?b', c: ':d', e: ['f?', '?g', ':h'] }));
  });
  test('may have anchors at keys, in lists, and behind a key that "?" begins', () => {
    expect(only('a:\n  &x b: 1\nc:\n- &y d: 1\n  e: *x\n? f\n: &z g: 1\nh: &m\n  i: {j: k}\nl: "a\\\\\n\n  b"\n')).toEqual(
      map({ a: map({ b: 1 }), c: [map({ d: 1, e: 'b' })], f: map({ g: 1 }), h: map({ i: map({ j: 'k' }) }), l: 'a\\\nb' }),
    );
  });
  test('may start with a byte order mark', () => {
    expect(only('\ufeffa: 1\n')).toEqual(map({ a: 1 }));
  });
  test('share what an alias names and inherit by a merge key', () => {
    expect(only('a: &a {x: 1, z: 2}\nb: {<<: *a, x: 3}\nc: *a\n')).toEqual(map({ a: map({ x: 1, z: 2 }), b: map({ x: 3, z: 2 }), c: map({ x: 1, z: 2 }) }));
  });
  test('take the anchor that stands last before an alias, also inside of one of the same name', () => {
    expect(only('a: &a {b: &a 1, c: *a}\nd: *a\ne: &a 2\nf: *a\n')).toEqual(map({ a: map({ b: 1, c: 1 }), d: 1, e: 2, f: 2 }));
  });
  test('take the first of several merged maps, as kubectl does', () => {
    expect(only('{<<: [{a: 1}, {a: 2, b: 3}]}')).toEqual(map({ a: 1, b: 3 }));
  });
});

describe('a text over a limit is refused before it costs anything', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]', ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[index]}`).join(', ')}]`)].join('\n');
  test('aliases that expand to a hundred million nodes', () => {
    expect(bomb.length).toBeLessThan(600);
    expect(failure(bomb).reason).toBe('limit');
  });
  test('an alias of a long text counts by its length', () => {
    expect(failure(`a: &a "${'x'.repeat(100_000)}"\nb: [${Array(600).fill('*a').join(', ')}]\n`).reason).toBe('limit');
  });
  test('depth', () => {
    expect(failure('['.repeat(200) + ']'.repeat(200)).reason).toBe('limit');
  });
  test('length', () => {
    expect(failure('a: 12345\n', { maxLength: 5, maxDepth: 10, maxNodes: 10 }).reason).toBe('limit');
  });
});
