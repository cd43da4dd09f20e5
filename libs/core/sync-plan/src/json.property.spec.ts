import { valuesEqual, type Value } from '@sluice/manifests';
import fc from 'fast-check';
import { UnreadableJson, plainOf, readJson, writeJson } from './json.js';

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0) && (Math.abs(number) < 2 ** 53 || !Number.isInteger(number))),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom('__proto__', '\\"')), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
  ),
}));

test('JSON is read as it was written, to the last digit', () => {
  fc.assert(fc.property(value, (written) => expect(valuesEqual(readJson(writeJson(written)), written)).toBe(true)), { numRuns: 1_000, examples: [[new Map<string, Value>([['a', [12345678901234567890n, '9'.repeat(40), 1.5]]])]] });
});

test('what is no JSON is an error of ours', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json().map((text) => text.slice(1))), (text) => {
      try {
        readJson(text);
      } catch (error) {
        expect(error).toBeInstanceOf(UnreadableJson);
      }
    }),
    { numRuns: 1_000, examples: [['['.repeat(100_000)], [`${'['.repeat(5_000)}${']'.repeat(5_000)}`], [`${'['.repeat(5_000)}12345678901234567890${']'.repeat(5_000)}`], ['{"a": 12345678901234567890,}'], ['']] },
  );
});

test('spaces and escapes are read with long numbers as well', () => {
  expect(plainOf(readJson(' { "a\\"}" : [ 12345678901234567890 , -1e3 , "\\u00e9\\ud83d\\ude00" ,true,false , null ] } '))).toEqual({ 'a"}': [12345678901234567000, -1000, 'é😀', true, false, null] });
});
