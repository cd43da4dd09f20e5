import fc from 'fast-check';
import type { Value, ValueMap } from '../model.js';
import { decodeDocuments } from '../decode/decode-documents.js';
import { renderBlock, renderFlow } from '../edit/render.js';
import { isMap } from '../value/values-equal.js';
import { composed, conflicts } from './compose.fixture.js';
import { RUNS } from './property-runs.fixture.js';

const KEYS = ['k', 'l', 'm', 'o', 'p'];
const key = fc.constantFrom(...KEYS);
const leaf = fc.constantFrom<Value>(1, 2, 'x', 'yes');
const leaves = fc.dictionary(key, leaf, { minKeys: 1, maxKeys: 3, noNullPrototype: true }).map((object): ValueMap => new Map(Object.entries(object)));

function lines(map: ValueMap, indent: string): string {
  return [...map].map(([name, value]) => `${indent}${name}: ${renderFlow(value)} # mine\n`).join('');
}

/** An environment's file that says things once: an anchored map, an alias of it, maps and an item that merge it or name it, and an anchored value. */
const anchored = fc.record({ shared: leaves, own: leaves, value: leaf }).map(
  ({ shared, own, value }) => `shared: &shared\n${lines(shared, '  ')}alias: *shared # mine\nmerged:\n  <<: *shared\n${lines(own, '  ')}items:\n- *shared\n- z: &value ${renderFlow(value)}\nsame: *value\n`,
);

/** What the release does to one of the maps or values at the top. */
const edit = fc.record({ at: fc.constantFrom('shared', 'alias', 'merged', 'same'), key, value: fc.option(leaf, { nil: undefined }), all: fc.boolean() });
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(document: ValueMap, { at, key: name, value, all }: Edit): ValueMap {
  const result = new Map(document);
  const node = document.get(at);
  if (!isMap(node) || all) {
    if (value === undefined && result.size > 1) result.delete(at);
    else if (value !== undefined && !isMap(node)) result.set(at, value);
    return result;
  }
  const inner = new Map(node);
  if (value !== undefined) inner.set(name, value);
  else if (inner.size > 1) inner.delete(name);
  return result.set(at, inner);
}

test('a release without anchors reaches an environment that has them, unless its anchored key goes or becomes something else', () => {
  fc.assert(
    fc.property(anchored, fc.array(edit, { minLength: 1, maxLength: 3 }), fc.constantFrom(renderBlock, renderFlow), (target, edits, render) => {
      const [base] = decodeDocuments(target) as [ValueMap];
      const wanted = edits.reduce(edited, base);
      const texts = { base: render(base), source: render(wanted), target };
      if (!isMap(wanted.get('shared'))) return expect(conflicts(texts)).toMatchObject([{ reason: 'unsupported-yaml', message: expect.stringMatching(/with an anchor cannot be (removed|replaced)/) }]);
      const output = composed(texts);
      const result = output === 'unchanged' ? target : output;
      expect(decodeDocuments(result)).toEqual([wanted]);
      return expect(composed({ ...texts, target: result })).toBe('unchanged');
    }),
    RUNS,
  );
});

test('what the release changes beside anchors and aliases leaves them as they are', () => {
  const number = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(anchored, number, number, (target, before, after) => {
      const [base] = decodeDocuments(target) as [ValueMap];
      const of = (value: Value): string => renderBlock(new Map([...base, ['plain', value]]));
      const output = composed({ base: of(before), source: of(after), target: `${target}plain: ${before}\n` });
      expect(output).toBe(before === after ? 'unchanged' : `${target}plain: ${after}\n`);
    }),
    RUNS,
  );
});
