import fc from 'fast-check';
import type { Value, ValueMap } from '../model.js';
import { valuesEqual } from '../value/values-equal.js';
import { decodeDocuments } from './decode-documents.js';
import { kubectlIsThere, readByKubectl } from './kubectl.fixture.js';
import { ManifestError } from './manifest-error.js';
import { YAML_TEXT } from './yaml-texts.fixture.js';

/**
 * The same texts in every run: what the two disagree about in others is found by changing the seed, not by a build that is about something else. A failure prints the
 * text: mend the cause, and add the text to the examples.
 */
const SEED = 20_261_126;
const BATCHES = process.env['CI'] === undefined ? 4 : 20;
const TEXTS_IN_BATCH = 500;

type Reading = { readonly value: Value } | { readonly refused: ManifestError };

/** What kubectl refuses and we read, because every reader that reads it reads the same: its complaint, what is in the text, and what that is. */
const READ_BY_US: readonly (readonly [complaint: RegExp, text: RegExp, what: string])[] = [
  [/tab character|cannot start any token/, /\t/, 'a tab that indents nothing'],
  [/invalid Unicode character escape/, /\\ud83d\\ude00/, 'an escaped surrogate pair, as JSON has them'],
  [/unknown escape character/, /\\\//, 'an escaped slash, as JSON has them'],
];

/** What we take for a mistake of the writer and kubectl reads, beside all that we refuse as `unsupported`. */
const MISTAKES: readonly (readonly [refusal: RegExp, text: RegExp, what: string])[] = [
  [/a line break is expected/, /[|>][-+\d]*#/, 'a comment without a blank before it, behind | or >'],
  [/bad indentation of a (mapping|sequence) entry/, /["'\]}]#/, 'a comment without a blank before it, behind quotes or brackets'],
  [/bad indentation of a mapping entry/, /[|>].*\r?\n(?: *\r?\n)+ *#/, 'a blank line that is indented more than the first line of its text'],
  [/the value is no !!/, /!![a-z]+(?: &\w)?[ \t]*(?:#.*|[[{].*)?\r?\n/, 'a tag of scalars at a map or a list'],
  [/deficient indentation/, /^[^ #-]/m, 'lines in brackets further left than their key'],
  [/missed comma/, /-[,\]} ]/, 'a dash alone in brackets'],
  [/tag suffix/, /!/, 'a tag with brackets or commas'],
];

function ours(text: string): Reading {
  try {
    const [document] = decodeDocuments(text);
    return { value: (document as ValueMap).get('data') ?? null };
  } catch (error) {
    if (error instanceof ManifestError) return { refused: error };
    throw error;
  }
}

/** Kubectl's own JSON, read by us for the numbers that JavaScript rounds, and by JavaScript for everything else. */
function theirs(json: string | undefined): { readonly value: Value; readonly plain: unknown } | undefined {
  if (json === undefined) return undefined;
  return { value: (decodeDocuments(json)[0] as ValueMap).get('data') ?? null, plain: (JSON.parse(json) as { data?: unknown }).data ?? null };
}

/** Kubectl rounds integers above 63 bits; we keep them, so that two of them are not taken for one. */
function rounded(value: Value): Value {
  if (typeof value === 'bigint') return value >= 1n << 63n ? Number(value) : value;
  if (value instanceof Map) return new Map([...value].map(([key, item]: [string, Value]) => [key, rounded(item)]));
  return Array.isArray(value) ? value.map((item: Value) => rounded(item)) : value;
}

function plainOf(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]: [string, Value]) => [key, plainOf(item)]));
  return Array.isArray(value) ? value.map((item: Value) => plainOf(item)) : Object.is(value, -0) ? 0 : value;
}

/** What is wrong about how a text is read; undefined when all is as it should be. */
function disagreement(text: string, json: string | undefined, complaint = 'no complaint'): string | undefined {
  const [own, other] = [ours(text), theirs(json)];
  if ('refused' in own) return other === undefined || isOnPurpose(own.refused, text) ? undefined : `only we refuse: ${own.refused.message}`;
  if (other === undefined) return READ_BY_US.some(([wanted, within]) => wanted.test(complaint) && within.test(text)) ? undefined : `only kubectl refuses: ${complaint}`;
  const same = valuesEqual(rounded(own.value), rounded(other.value)) && JSON.stringify(sorted(plainOf(own.value))) === JSON.stringify(sorted(other.plain));
  return same ? undefined : `we read ${JSON.stringify(plainOf(own.value))}, kubectl ${JSON.stringify(other.plain)}`;
}

function isOnPurpose({ reason, message }: ManifestError, text: string): boolean {
  return reason === 'unsupported' || (reason === 'syntax' && MISTAKES.some(([wanted, within]) => wanted.test(message) && within.test(text)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]);
}

const available = kubectlIsThere('our decode was not compared with it on generated texts');

describe('decode agrees with kubectl', () => {
  test('kubectl is there in CI', () => {
    if (process.env['CI'] !== undefined) expect(available).toBe(true);
  });
  if (!available) return;

  test('on generated texts, value for value', () => {
    const wrong: string[] = [];
    let agreed = 0;
    for (let batch = 0; batch < BATCHES; batch++) {
      const texts = fc.sample(YAML_TEXT, { numRuns: TEXTS_IN_BATCH, seed: SEED + batch }).map((named, index) => named(`n${index}`));
      const { objects, complaints } = readByKubectl(texts);
      for (const [index, text] of texts.entries()) {
        const found = disagreement(text, objects.get(`n${index}`), complaints.get(index));
        if (found !== undefined) wrong.push(`${found}\n${JSON.stringify(text)}`);
      }
      agreed += objects.size;
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(agreed).toBeGreaterThan((BATCHES * TEXTS_IN_BATCH) / 4);
  });

  const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata:\n';
  const readOne = (data: string): unknown => theirs(readByKubectl([HEAD + data]).objects.get('one'))?.plain;

  describe('but not on', () => {
    test.each([
      ['a key that is there twice, of which it takes the last', '  a: 1\n  a: 2\n', { a: 2 }],
      ['a merge key below the key that it overrides', '  b: &b {a: 1}\n  c:\n    a: 2\n    <<: *b\n', { b: { a: 1 }, c: { a: 1 } }],
      ['a tag that it does not know, which it passes over', '  a: !vault x\n', { a: 'x' }],
      ['a blank line below an escaped line break', '  a: "b\\\n\n    c"\n', { a: 'b\nc' }],
      ['a line break of YAML 1.1', '  a: "b \u2028 c"\n', { a: 'b\u2028c' }],
      ['a text in brackets that begins with a question mark', '  {?a/:0: 1}\n', { 'a/:0': 1 }],
      ['a colon in brackets without a blank behind it', '  {a:, b: 2}\n', { 'a:': null, b: 2 }],
      ['a comment without a blank before it', "  a: ''#b\n", { a: '' }],
    ])('%s: we refuse it', (_, data, read) => {
      expect(readOne(data)).toEqual(read);
      expect(ours(HEAD + data)).toMatchObject({ refused: expect.any(ManifestError) });
    });
    test.each([
      ['a line with nothing but a tab', '  a: 1\n\t\n', { a: 1 }],
      ['a surrogate pair in escapes', '  a: "\\ud83d\\ude00"\n', { a: '😀' }],
      ['an escaped slash', '  a: "\\/"\n', { a: '/' }],
    ])('%s: it refuses it, and we read what every reader of it reads', (_, data, read) => {
      expect(readOne(data)).toBeUndefined();
      expect(plainOf((ours(HEAD + data) as { value: Value }).value)).toEqual(read);
    });
  });
});
