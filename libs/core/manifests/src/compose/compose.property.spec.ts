import fc from 'fast-check';
import type { Value, ValueMap } from '../model.js';
import { decodeDocuments } from '../decode/decode-documents.js';
import { renderBlock, renderFlow } from '../edit/render.js';
import { isMap, valuesEqual } from '../value/values-equal.js';
import { compose, composed } from './compose.fixture.js';
import { RUNS } from './property-runs.fixture.js';

const tricky = fc.constantFrom('yes', 'n', '012', '1e3', '', ' ', 'a: b', '# x', 'a # b', '- x', '[x', '{', '"', "it's", 'a\nb\n', 'a\n\n  b', '\ta', 'x ', '~', 'null', '1:30', '2001-01-01', '*x', '&x', '!x', '%x', '@x', '---', 'é😀', '\u0085', '\u2028', '\u001b', 'long '.repeat(30));
const scalar: fc.Arbitrary<Value> = fc.oneof(tricky, fc.string({ maxLength: 6 }), fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((value) => !Number.isSafeInteger(Number(value))), fc.boolean(), fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)));
// longer keys are written as `? key`, and `---` would start a document
function isPlainKey(text: string): boolean {
  return !/\n|^---/.test(text) && text.length < 100;
}
const key = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f') }, { weight: 1, arbitrary: tricky.filter(isPlainKey) });
const { node } = fc.letrec<{ node: Value; map: ValueMap; list: readonly Value[] }>((tie) => ({
  node: fc.oneof({ maxDepth: 3, depthSize: 'small' }, { weight: 3, arbitrary: scalar }, { weight: 3, arbitrary: tie('map') }, { weight: 1, arbitrary: tie('list') }),
  map: fc.uniqueArray(fc.tuple(key, tie('node')), { maxLength: 5, selector: ([name]) => name }).map((pairs) => new Map(pairs)),
  list: fc.array(tie('node'), { maxLength: 4 }),
}));
const root = fc.uniqueArray(fc.tuple(key, node), { minLength: 1, maxLength: 6, selector: ([name]) => name }).map((pairs): ValueMap => new Map(pairs));

/** One random change somewhere in the maps of a document. */
const change = fc.record({ at: fc.array(fc.nat(5), { maxLength: 3 }), key, value: fc.option(node, { nil: undefined }) });
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(map: ValueMap, { at, key: name, value }: Change): ValueMap {
  const [step, ...rest] = at;
  const entry = step === undefined ? undefined : [...map][step % Math.max(1, map.size)];
  if (entry && isMap(entry[1])) return new Map([...map, [entry[0], changed(entry[1], { at: rest, key: name, value })]]);
  const result = new Map(map);
  const existing = step === undefined ? name : (entry?.[0] ?? name);
  if (value !== undefined) result.set(existing, value);
  else if (result.size > 1) result.delete(existing);
  return result;
}

const style = fc.record({ comments: fc.boolean(), crlf: fc.boolean(), noEnd: fc.boolean(), flow: fc.boolean(), wide: fc.boolean() });
type Style = typeof style extends fc.Arbitrary<infer T> ? T : never;

/** A text of the value in some style; styles that would change its meaning are left out. */
function textOf(value: Value, { comments, crlf, noEnd, flow, wide }: Style): string {
  const steps: ((text: string) => string)[] = [];
  if (wide) steps.push((text) => text.replace(/^( *)((?:- )*)/gm, (_, spaces: string, dashes: string) => spaces + spaces + dashes.replaceAll('- ', '-   ')));
  if (comments) steps.push((text) => text.replace(/^( *)(?=[a-f]:|- )/gm, '$1# note\n$1'), (text) => text.replace(/^( *[a-f]: [\w"'].*)$/gm, '$1 # behind'));
  if (crlf) steps.push((text) => text.replaceAll('\n', '\r\n'));
  if (noEnd) steps.push((text) => text.replace(/\r?\n$/, ''));
  return steps.reduce((text, step) => (means(step(text), value) ? step(text) : text), `${flow ? renderFlow(value) : renderBlock(value)}\n`);
}

function means(text: string, value: Value): boolean {
  try {
    return valuesEqual(decodeDocuments(text), [value]);
  } catch {
    return false;
  }
}

const PLAIN: Style = { comments: false, crlf: false, noEnd: false, flow: false, wide: false };

test('every value has a text that means it', () => {
  fc.assert(fc.property(root, style, (value, how) => means(textOf(value, how), value)), RUNS);
});

test('when the source did not change, neither does the target', () => {
  fc.assert(fc.property(root, root, style, (base, target, how) => expect(composed({ base: textOf(base, PLAIN), source: textOf(base, PLAIN), target: textOf(target, how) })).toBe('unchanged')), RUNS);
});

test('when the target is the base, it becomes the source byte for byte', () => {
  fc.assert(
    fc.property(root, change, style, (base, edit, how) => {
      const [before, after] = [textOf(base, PLAIN), textOf(changed(base, edit), how)];
      expect(composed({ base: before, source: after, target: before })).toBe(before === after ? 'unchanged' : after);
    }),
    RUNS,
  );
});

test('a target in another form gets the source’s values, by edits that are made once', () => {
  fc.assert(
    fc.property(root, fc.array(change, { minLength: 1, maxLength: 3 }), style, style, (base, edits, how, theirs) => {
      const wanted = edits.reduce(changed, base);
      const texts = { base: textOf(base, PLAIN), source: textOf(wanted, theirs), target: textOf(base, how) };
      const output = composed(texts);
      expect(composed(texts)).toBe(output);
      const result = output === 'unchanged' ? texts.target : output;
      expect(decodeDocuments(result)).toEqual([wanted]);
      expect(composed({ ...texts, target: result })).toBe('unchanged');
    }),
    RUNS,
  );
});

test('what both changed apart from each other is merged, key by key', () => {
  fc.assert(
    fc.property(root, change, change, style, (base, theirs, ours, how) => {
      const [source, target] = [changed(base, theirs), changed(base, ours)];
      const wanted = mergeByKey(base, source, target);
      const text = textOf(target, how);
      const output = composed({ base: textOf(base, PLAIN), source: textOf(source, PLAIN), target: text });
      if (wanted === CONFLICT) return expect(output).toMatch(/^conflict: /);
      return expect(decodeDocuments(output === 'unchanged' ? text : output)).toEqual([wanted]);
    }),
    RUNS,
  );
});

test('a single changed number leaves every other line as it is', () => {
  fc.assert(
    fc.property(root, fc.nat(3), fc.integer({ min: 10, max: 99 }), style, (value, place, number, how) => {
      const entries: [string, Value][] = [...value].slice(0, 4);
      entries.splice(place, 0, ['marked', 1]);
      const base = new Map(entries);
      const target = textOf(base, { ...how, flow: false });
      const output = composed({ base: textOf(base, PLAIN), source: textOf(new Map([...base, ['marked', number]]), PLAIN), target });
      const [before, after] = [target, output].map((text) => text.split('\n'));
      const wanted = before?.map((line) => (/^marked:/.test(line) ? line.replace('1', String(number)) : line));
      if (target !== textOf(base, PLAIN)) expect(after).toEqual(wanted);
    }),
    RUNS,
  );
});

test('no text whatsoever makes it throw', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '-', '  ', '{', '}', '[', ']', ',', '&a ', '*a', '<<', '?', '"', "'", '#', '|', '>', '!x', '---\n', '...\n', '\t', '\r\n') }));
  fc.assert(fc.property(text, text, text, (base, source, target) => expect(['unchanged', 'write', 'conflict']).toContain(compose({ base, source, target }).kind)), { numRuns: 1_000 });
});

const CONFLICT = Symbol('conflict');

/** The rule in its simplest form, for documents whose lists are one value each. */
function mergeByKey(base: Value | undefined, source: Value | undefined, target: Value | undefined): Value | undefined | typeof CONFLICT {
  if (valuesEqual(source, base) || valuesEqual(source, target)) return target;
  if (valuesEqual(target, base)) return source;
  return isMap(source) && isMap(target) && (base === undefined || isMap(base)) ? mergeMapsByKey(base, source, target) : CONFLICT;
}

function mergeMapsByKey(base: ValueMap | undefined, source: ValueMap, target: ValueMap): Value | typeof CONFLICT {
  const merged = new Map<string, Value>();
  for (const name of new Set([...target.keys(), ...source.keys()])) {
    const value = mergeByKey(base?.get(name), source.get(name), target.get(name));
    if (value === CONFLICT) return CONFLICT;
    if (value !== undefined) merged.set(name, value);
  }
  return merged;
}
