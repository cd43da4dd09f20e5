import type { Value, ValueMap } from '../model.js';
import { valuesEqual } from '../value/values-equal.js';
import { decodeDocuments } from './decode-documents.js';
import { kubectlIsThere, readByKubectl } from './kubectl.fixture.js';

/** Values of `data`, one a line; each is read by kubectl and by us. */
const VALUES = `y Y yes Yes YES yEs n N no No NO nO on On ON oN off Off OFF true True TRUE tRUE false False FALSE null Null NULL nULL ~ 0 -0 +0 1 -1 +1
00 01 010 012 -012 +012 08 09 089 0777_7 0o17 0O17 0o7_7 0o 0o8 0x1F 0X1f 0x_1F -0x1f +0x10 0x 0xG 0b11 0B11 0b1_1 -0b1 0b 0b2 1_000 _1 1_ 1__0 -_1 +_1 9007199254740993
9223372036854775807 -9223372036854775808 -9223372036854775809 +9223372036854775807 1e3 1E3 1e+3 1e-3 1e 1e+ e3 -1e3 1.5e3 1. .5 -.5 +.5 . - + -. 1_0.5 1.5_0 .5_0 ._5 .5_ .5__0 1.2.3 1e400 -1e400 0.1
1:30 1:30:20 12:30.5 190:20:30 2001-01-01 2001-1-1 2001-12-14t21:59:43.10-05:00 = << 0x1p3 1e1_0 0_8 0_7 !!str~1 "yes" 'no' "012" "\\x41\\ty\\u00e9" 'it''s' inf nan Infinity 1,2
a#b "a#b" http://x:80 a:b C:\\dir @ % 1a 0x1g --x ?x :x 12e03 0.0 -0.0 00.5 0123.5 08.5 1e03`
  .split(/\s+/)
  .map((text) => text.replace('~1', ' 1'));

const BLOCKS: readonly string[] = [
  'a: >-\n    folded\n    text\n\n    more\n',
  'a: |+\n    kept\n\n',
  'a: |2\n      indented\n    less\n',
  'a: "two\n    lines"\n  b: plain\n    lines\n',
  'a: &x {b: 1, c: [1, 2]}\n  d: {<<: *x, b: 2}\n  e: *x\n',
  'a: {<<: [{b: 1}, {b: 2, c: 3}]}\n',
  'a:\n  - b\n  -\n  - - c\n  - d: 1\n    e: {f: [g: 1]}\n',
  'a: {"b":1, c:2, \'d\' : 3, e,}\n',
  'yes: a\n  1.10: b\n  1e3: c\n  0x10: d\n  9223372036854775807: e\n',
  'a: {\n    b: [\n      1,\n      2\n    ], # c\n    d: {}\n  }\n  e: [\n  ]\n  f: [\n    {b: 1}, {\n      c: 2\n    }\n  ]\n',
  'a: |+\n    kept\n  ',
  'a: |+\n    kept\n\n   ',
  'a: |\n    clipped\n    ',
  'a: |\n    clipped',
  'a: 1 # comment\n  # another\n  b: "x # y"\n',
];

const REFUSED: readonly string[] = ['data: {a: .inf}', 'data: {a: .nan}', 'data: {~: 1}', 'data: {[a]: 1}', 'data: {9223372036854775808: 1}', 'data: &a {b: *a}', 'data: {a: @x}', 'data:\n\ta: 1', 'data: {a: !!null x}'];
/** Newer versions of kubectl refuse these; older ones (1.20) read nothing behind them, and say nothing. */
const ON_SEPARATOR: readonly string[] = ['--- {a: 1}', '---a: 1'];

const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: trial}\n';

/** What kubectl makes of a text: its JSON, one document each. */
function readOne(text: string): string {
  const { output, refusedAny, complaints } = readByKubectl([text]);
  if (refusedAny) throw new Error(complaints.get(0) ?? 'kubectl refuses the text');
  return output;
}

function dataOf(text: string): Value | undefined {
  const [document] = decodeDocuments(text);
  return (document as ValueMap).get('data');
}

const available = kubectlIsThere('our decode was not compared with it');

describe('decode agrees with kubectl', () => {
  test('kubectl is there in CI', () => {
    if (process.env['CI'] !== undefined) expect(available).toBe(true);
  });
  if (!available) return;

  test('on every scalar', () => {
    const lines = VALUES.map((value, index) => [index, value] as const).filter(([, value]) => accepted(`k: ${value}\n`));
    expect(lines.length).toBeGreaterThan(VALUES.length - 12);
    const good = `${HEAD}data:\n${lines.map(([index, value]) => `  k${index}: ${value}\n`).join('')}`;
    const [theirs, ours] = [dataOf(readOne(good)), dataOf(good)] as [ValueMap, ValueMap];
    expect([...ours].filter(([key, value]) => !valuesEqual(value, theirs.get(key)))).toEqual([]);
    expect(ours.size).toBe(theirs.size);
  });
  test.each(BLOCKS)('on %j', (block) => {
    const text = `${HEAD}data:\n  ${block}`;
    expect(dataOf(readOne(text))).toEqual(dataOf(text));
  });
  test.each(REFUSED)('that %j cannot be read', (line) => {
    const text = `${HEAD}${line}\n`;
    expect(() => readOne(text)).toThrow();
    expect(() => decodeDocuments(text)).toThrow();
  });
  test.each(ON_SEPARATOR)('that what stands in %j is no document', (line) => {
    const text = `${HEAD}${line}\n`;
    const { refusedAny, output } = readByKubectl([text]);
    if (!refusedAny) expect(JSON.parse(output)).toMatchObject({ metadata: { name: 'trial' } });
    expect(() => decodeDocuments(text)).toThrow();
  });
  test('on JSON and on several documents', () => {
    const json = '{\n\t"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"},\n\t"data": {"a": "\\u00e9\\ud83d\\ude00\\/", "b": 1.0, "c": 9007199254740993}\n}\n';
    expect(dataOf(readOne(json))).toEqual(dataOf(json));
    const several = `# licence\n---\n${HEAD}---\n${HEAD.replace('trial', 'other')}...\n---\n# nothing\n`;
    expect(readOne(several).match(/"name":/g)).toHaveLength(decodeDocuments(several).length);
  });
});

function accepted(text: string): boolean {
  try {
    decodeDocuments(text);
    return true;
  } catch {
    return false;
  }
}
