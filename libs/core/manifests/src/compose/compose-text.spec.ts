import { composed, conflicts, SHOP } from './compose.fixture.js';

/** Source and base are given; the target's text and the wanted one are what it is about. */
const cases: Readonly<Record<string, readonly (readonly [name: string, base: string, source: string, target: string, wanted: string])[]>> = {
  'a changed value': [
    ['keeps the comment and the space around it', 'a: 1\n', 'a: 2\n', 'a:   1   # mine\n', 'a:   2   # mine\n'],
    ['keeps the target’s double quotes', 'a: x\n', 'a: z\n', 'a: "x"\n', 'a: "z"\n'],
    ['keeps the target’s single quotes', 'a: x\n', "a: it's\n", "a: 'x'\n", "a: 'it''s'\n"],
    ['is quoted when its plain text would be something else', 'a: x\n', 'a: "yes"\n', 'a: x # mine\n', 'a: "yes" # mine\n'],
    ['loses its quotes when it is a number now', 'a: "1"\n', 'a: 1\n', 'a: "1" # mine\n', 'a: 1 # mine\n'],
    ['keeps the source’s notation', 'mode: 0600\n', 'mode: 0644\n', 'mode: 0600 # mine\n', 'mode: 0644 # mine\n'],
    ['of 64 bits is kept', 'a: 1\n', 'a: 9007199254740993\n', 'a: 1 # mine\n', 'a: 9007199254740993 # mine\n'],
    ['comes where nothing stood', 'a:\nb: 1\n', 'a: 2\nb: 1\n', 'a:   # mine\nb: 1\n', 'a: 2   # mine\nb: 1\n'],
    ['becomes nothing', 'a: 1\nb: 1\n', 'a:\nb: 1\n', 'a: 1 # mine\nb: 1\n', 'a: null # mine\nb: 1\n'],
    ['becomes a block text, and the comment moves to its head', 'a: x\n', 'a: |\n  one\n  two\n', 'a: x # mine\nb: 1\n', 'a: | # mine\n  one\n  two\nb: 1\n'],
    ['is a block text in another indentation', 'm:\n  a: |\n    x\n\n    y\n', 'm:\n  a: |\n    x\n\n    z\n', '# t\nm:\n      a: |\n        x\n\n        y\n', '# t\nm:\n      a: |\n        x\n\n        z\n'],
    ['of a block text becomes one line', 'a: |\n  x\nb: 1\n', 'a: x\nb: 1\n', 'a: | # mine\n  x\nb: 1\n', 'a: x\nb: 1\n'],
    ['becomes a map', 'a: 1\n', 'a:\n  b: 1\n', 'a: 1 # mine\n', 'a: # mine\n  b: 1\n'],
    ['of a map becomes a text', 'a:\n  b: 1\n', 'a: x\n', '# t\na:\n  b: 1 # mine\n', '# t\na: x # mine\n'],
    ['keeps its anchor', 'a: &x 1\nb: *x\n', 'a: &x 2\nb: *x\n', 'a: &x 1 # mine\nb: *x\n', 'a: &x 2 # mine\nb: *x\n'],
    ['of an alias is written out', 'a: &x 1\nb: 1\n', 'a: &x 1\nb: 2\n', 'a: &x 1\nb: *x # mine\n', 'a: &x 1\nb: 2 # mine\n'],
    ['that only the anchor’s place wants leaves the alias’s value', 'a: 1\nb: 1\n', 'a: 2\nb: 1\n', 'a: &x 1\nb: *x\n', 'a: &x 2\nb: 1\n'],
    ['in brackets', 'a: {b: 1, c: [1, 2]}\n', 'a: {b: 2, c: [1, 2]}\n', 'a: { b: 1, c: [ 1, 2 ] } # mine\n', 'a: { b: 2, c: [ 1, 2 ] } # mine\n'],
  ],
  'a comment of the source': [
    ['comes along with a value', 'a: 1\nb: 1\n', 'a: 2\nb: 1\n# why not c\n# c: 1\n', '# mine\na: 1\nb: 1\n', '# mine\na: 2\nb: 1\n# why not c\n# c: 1\n'],
    ['comes along alone', 'a: 1\nb: 1\n', 'a: 1\n# about b\nb: 1\n', '# mine\na: 1\nb: 1\n', '# mine\na: 1\n# about b\nb: 1\n'],
    ['goes when the source takes it out', '# old\na: 1\nb: 1\n', 'a: 1\nb: 2\n', '# old\na: 1\nb: 1 # mine\n', 'a: 1\nb: 2 # mine\n'],
    ['gives way to the target’s own in its place', '# old\na: 1\nb: 1\n', '# new\na: 1\nb: 2\n', '# mine\na: 1\nb: 1\n', '# mine\na: 1\nb: 2\n'],
    ['is no comment in a block text', 'a: |\n  x\nb: 1\n', 'a: |\n  x\n  # y\nb: 1\n', '# mine\na: |\n  x\nb: 1\n', '# mine\na: |\n  x\n  # y\nb: 1\n'],
  ],
  'a new key': [
    ['goes behind the key that it follows in the source', 'a: 1\nc: 3\n', 'a: 1\nb: 2\nc: 3\n', 'c: 3\na: 1 # mine\nz: 9\n', 'c: 3\na: 1 # mine\nb: 2\nz: 9\n'],
    ['goes to the front', 'b: 1\n', 'a: 0\nb: 1\n', '# about b\nb: 1 # mine\n', 'a: 0\n# about b\nb: 1 # mine\n'],
    ['brings its comments', 'a: 1\n', 'a: 1\n# why b\nb: 2 # b\n', 'a: 1 # mine\n', 'a: 1 # mine\n# why b\nb: 2 # b\n'],
    ['takes the target’s indentation', 'm:\n  a: 1\n', 'm:\n  a: 1\n  b:\n    - x\n    - y: 1\n      z: |\n        t\n', 'm:\n      a: 1 # mine\n', 'm:\n      a: 1 # mine\n      b:\n        - x\n        - y: 1\n          z: |\n            t\n'],
    ['goes behind a block text', 'a: |\n  x\n', 'a: |\n  x\nb: 1\n', '# t\na: |\n  x\n\n\nz: 1\n', '# t\na: |\n  x\nb: 1\n\n\nz: 1\n'],
    ['goes behind a block text that keeps its blank lines', 'a: |+\n  x\n\n', 'a: |+\n  x\n\nb: 1\n', '# t\na: |+\n  x\n\n', '# t\na: |+\n  x\n\nb: 1\n'],
    ['goes past the comments that belong to the key before', 'a:\n  x: 1\n', 'a:\n  x: 1\nb: 2\n', 'a:\n  x: 1\n  # y: 2\n# end\n', 'a:\n  x: 1\n  # y: 2\nb: 2\n# end\n'],
    ['comes to an empty document', '{}\n', 'a: |\n  x\nb: 1\n', '# ours\n{} # none yet\n', '# ours\n# none yet\na: |\n  x\nb: 1\n'],
    ['comes to an empty JSON file', '{}\n', '{\n  "a": [\n    1\n  ]\n}\n', ' {}', ' {\n   "a": [\n     1\n   ]\n }'],
    ['comes to an empty map', 'a: {}\n', 'a:\n  b: 1\n', 'a: {} # mine\n', 'a: # mine\n  b: 1\n'],
    ['comes in brackets', 'a: {b: 1}\n', 'a: {b: 1, c: "x, y"}\n', 'a: { b: 1 } # mine\n', 'a: { b: 1, c: "x, y" } # mine\n'],
    ['is rendered when it has an alias', 'a: &x {k: [1]}\nb: 1\n', 'a: &x {k: [1]}\nb: 1\nc: {m: *x}\n', 'a: {k: [1]}\nb: 1 # mine\n', 'a: {k: [1]}\nb: 1 # mine\nc:\n  m:\n    k:\n    - 1\n'],
    ['overrides what a merge key brings', 'd: &d {a: 1}\nm:\n  <<: *d\n', 'd: &d {a: 1}\nm:\n  <<: *d\n  a: 2\n', 'd: &d {a: 1}\nm: # mine\n  <<: *d\n', 'd: &d {a: 1}\nm: # mine\n  <<: *d\n  a: 2\n'],
    ['of a merged map reaches those who merge it', 'd: &d\n  a: 1\nm:\n  <<: *d\n', 'd: &d\n  a: 1\n  b: 2\nm:\n  <<: *d\n', 'd: &d\n  a: 1 # mine\nm:\n  <<: *d\n', 'd: &d\n  a: 1 # mine\n  b: 2\nm:\n  <<: *d\n'],
  ],
  'a removed key': [
    ['goes with the comments above it and behind it', 'a: 1\nb: 2\nc: 3\n', 'a: 1\nc: 3\n', '# about a\na: 1\n# about b\nb: 2 # mine\n# about c\nc: 3\n', '# about a\na: 1\n# about c\nc: 3\n'],
    ['goes with all below it', 'a:\n  x: 1\n  y: [1]\nb: 1\n', 'b: 1\n', '# top\n\na:\n  x: 1\n  y: [1]\n  # deep\nb: 1\n', '# top\n\nb: 1\n'],
    ['behind a dash leaves the dash', 'a:\n- x: 1\n  y: 2\n', 'a:\n- y: 2\n', 'a: # mine\n- x: 1\n  y: 2\n', 'a: # mine\n- y: 2\n'],
    ['was the only one', 'a:\n  b: 1\nc: 1\n', 'a: {}\nc: 1\n', '# t\na:\n  b: 1\nc: 1\n', '# t\na: {}\nc: 1\n'],
    ['was the only one, and a block text comes', 'a:\n  b:\n    c: x\n', 'a:\n  d:\n    e: |\n      one\n      two\n', 'a:\n  # about b\n  b:\n    c: x # behind\n    # below\n', 'a:\n  d:\n    e: |\n      one\n      two\n'],
    ['came by a merge key: its map is written out', 'm: {a: 1, b: 1}\nd: {a: 1}\n', 'm: {b: 1}\nd: {a: 1}\n', 'd: &d {a: 1} # mine\nm:\n  <<: *d\n  b: 1\n', 'd: &d {a: 1} # mine\nm: {b: 1}\n'],
    ['overrode one that comes by a merge key: its map is written out', 'd: {a: 1}\nm:\n  a: 2\n  b: 1\n', 'd: {a: 1}\nm:\n  b: 1\n', 'd: &d {a: 1}\nm:\n  <<: *d\n  a: 2\n  b: 1\nz: 1 # mine\n', 'd: &d {a: 1}\nm:\n  b: 1\nz: 1 # mine\n'],
    ['stood beside a merged map that is written in place', 'm:\n  a: 1\n  b: 1\n', 'm:\n  a: 1\n', 'm:\n  <<: {a: 1, b: 2}\n  b: 1\n', 'm:\n  a: 1\n'],
    ['goes from brackets', 'a: {b: 1, c: 2, d: 3}\n', 'a: {c: 2}\n', 'a: { b: 1, c: 2, d: 3 }\n', 'a: { c: 2 }\n'],
    ['stood in the last line, which has no end, where another comes', 'c: {}\nb: false\n', 'c: {}\na: {}\n', 'c: {}\nb: false', 'c: {}\na: {}'],
    ['stood in a last line without an end, below blank lines that a block text keeps', 'a: |+\n  x\n\nb: 1\n', 'a: |+\n  x\n\n', 'a: |+\n  x\n\nb: 1', 'a: |+\n  x\n\n'],
    ['was the only one of the document', 'a: 1\nb: 1\n', 'b: 1\n', '# defaults\na: 1 # mine\n', '# defaults\n{} # mine\n'],
    ['stood in the last line, which has no end', 'a: 1\nb: 2\n', 'a: 1\n', '# t\na: 1\nb: 2', '# t\na: 1'],
  ],
  'a list': [
    ['gets an item in the middle', 'a: [x]\nl:\n- 1\n- 3\n', 'a: [x]\nl:\n- 1\n- 2\n- 3\n', 'a: [x] # mine\nl:\n  - 1 # one\n  - 3\n', 'a: [x] # mine\nl:\n  - 1 # one\n  - 2\n  - 3\n'],
    ['loses an item', 'l:\n- 1\n- 2\n- 3\n', 'l:\n- 1\n- 3\n', 'l:\n  - 1\n  # two\n  - 2 # mine\n  - 3\n', 'l:\n  - 1\n  - 3\n'],
    ['loses its last item', 'l:\n- 1\nb: 1\n', 'l: []\nb: 1\n', '# t\nl:\n- 1\nb: 1\n', '# t\nl: []\nb: 1\n'],
    ['gets its first item', 'l: []\n', 'l:\n- a: 1\n  b: 2\n', 'l: [] # mine\n', 'l: # mine\n- a: 1\n  b: 2\n'],
    ['in brackets gets and loses items', 'l: [1, 2, 3]\n', 'l: [0, 1, 3, 4]\n', 'l: [ 1, 2, 3 ] # mine\n', 'l: [ 0, 1, 3, 4 ] # mine\n'],
    ['in a list gets an item', 'l:\n- - 1\n', 'l:\n- - 1\n  - 2\n', '# t\nl:\n- - 1\n', '# t\nl:\n- - 1\n  - 2\n'],
    ['of maps changes one', 'l:\n- {a: 1}\n- {a: 2}\n', 'l:\n- {a: 1}\n- {a: 3}\n', 'l:\n  -   a: 1 # mine\n  -   a: 2\n', 'l:\n  -   a: 1 # mine\n  -   a: 3\n'],
  ],
  JSON: [
    ['in lines changes, gets and loses keys', '{\n  "a": 1,\n  "b": {"x": [1]},\n  "c": 3\n}\n', '{\n  "a": 2,\n  "b": {"x": [1, 2]},\n  "d": {\n    "e": "f"\n  }\n}\n', '{\n\t"a": 1,\n\t"c": 3,\n\t"b": {"x": [1]},\n\t"t": true\n}\n'.replaceAll('\t', '    '), '{\n    "a": 2,\n    "b": {"x": [1, 2]},\n    "d": {\n      "e": "f"\n    },\n    "t": true\n}\n'],
    ['in lines gets its first key in the environment’s indentation and line breaks', '{\n  "a": {},\n  "b": 1\n}\n', '{\n  "a": {\n    "x": 1\n  },\n  "b": 1\n}\n', '{\r\n    "a": {},\r\n    "b": 1\r\n}\r\n', '{\r\n    "a": {\r\n      "x": 1\r\n    },\r\n    "b": 1\r\n}\r\n'],
    ['in brackets that close in the column of their key', 'l:\n- 1\nb: 1\n', 'l:\n- 1\n- 2\nb: 1\n', 'l: [\n  1\n]\nb: 1\n', 'l: [\n  1,\n  2\n]\nb: 1\n'],
    ['loses its last key', '{"a": 1, "b": 2}', '{"a": 1}', '{ "a": 1, "b": 2 }', '{ "a": 1 }'],
  ],
  documents: [
    ['one is added behind the one that it follows', 'kind: A\n', 'kind: A\n---\napiVersion: v1\nkind: B\nmetadata: {name: b}\n', '# t\nkind: A # mine\n', '# t\nkind: A # mine\n---\napiVersion: v1\nkind: B\nmetadata: {name: b}\n'],
    ['one is added in front', 'kind: A\n', 'apiVersion: v1\nkind: B\nmetadata: {name: b}\n---\nkind: A\n', '---\nkind: A # mine\n', 'apiVersion: v1\nkind: B\nmetadata: {name: b}\n---\nkind: A # mine\n'],
    ['one is removed, the header stays', 'apiVersion: v1\nkind: B\nmetadata: {name: b}\n---\nkind: A\n', 'kind: A\n', '# licence\n\napiVersion: v1\nkind: B\nmetadata: {name: b}\n---\nkind: A # mine\n', '# licence\n\n---\nkind: A # mine\n'],
    ['one is added where the last line has no end', 'kind: A\n', 'kind: A\n---\napiVersion: v1\nkind: B\nmetadata: {name: b}\n', '# t\nkind: A', '# t\nkind: A\n---\napiVersion: v1\nkind: B\nmetadata: {name: b}'],
    ['the target’s order stays', 'apiVersion: v1\nkind: B\nmetadata: {name: b}\n---\nkind: A\n', 'apiVersion: v1\nkind: B\nmetadata: {name: b}\nx: 1\n---\nkind: A\ny: 1\n', 'kind: A\n--- # second\napiVersion: v1\nkind: B\nmetadata: {name: b}\n', 'kind: A\ny: 1\n--- # second\napiVersion: v1\nkind: B\nmetadata: {name: b}\nx: 1\n'],
  ],
};

describe.each(Object.entries(cases))('%s', (_name, rows) => {
  test.each(rows)('%s', (_row, ...[base, source, target, wanted]) => {
    expect(composed({ base, source, target })).toBe(wanted);
  });
});

describe('the rest of the text', () => {
  const tag = (text: string): string => text.replace('web:1.0', 'web:2.0');
  const env = (text: string): string => text.replace('          ports:\n', '            - name: NEW\n              value: x\n          ports:\n');
  const variants: Readonly<Record<string, (text: string) => string>> = {
    'with carriage returns': (text) => text.replaceAll('\n', '\r\n'),
    'without a last line break': (text) => text.replace(/\n$/, ''),
    'with a byte order mark': (text) => `\ufeff${text}`,
    'with comments everywhere': (text) => text.replace(/^( *)(?=[\w-])/gm, '$1# note\n$1'),
    'with keys in another order': (text) => text.replace(/(apiVersion: apps\/v1\n)(kind: Deployment\n)/, '$2$1'),
    'with a separator at its top and an end mark': (text) => `---\n${text}...\n`,
  };
  test.each(Object.entries(variants))('stays as it is %s', (_name, vary) => {
    expect(composed({ base: SHOP, source: tag(env(SHOP)), target: vary(SHOP) })).toBe(vary(SHOP).replace('web:1.0', 'web:2.0').replace(/(value: info(\r?\n))/, '$1            - name: NEW$2              value: x$2'));
  });
});

describe('what cannot be edited without guessing is a conflict', () => {
  test.each([
    ['a tagged value', 'a: 1\n', 'a: 2\n', 'a: !!int 1\n'],
    ['an explicit key', 'a: 1\nb: 1\n', 'a: 2\nb: 1\n', '? a\n: 1\nb: 1 # x\n'],
    ['an anchored key that goes', 'a: 1\nb: 1\nc: 1\n', 'c: 1\n', 'a: &x 1\nb: *x\nc: 1\n'],
    ['a comment between brackets', 'a: {b: 1}\n', 'a: {b: 1, c: 2}\n', 'a: {\n  b: 1 # mine\n  }\n'],
    ['a document that becomes a list', 'a: 1\n', '- 1\n', 'a: 1 # x\n'],
  ])('%s', (_name, base, source, target) => {
    expect(conflicts({ base, source, target })).toMatchObject([{ reason: 'unsupported-yaml' }]);
  });
});
