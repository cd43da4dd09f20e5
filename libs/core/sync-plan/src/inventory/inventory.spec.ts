import type { ObjectIdentity } from '@sluice/manifests';
import fc from 'fast-check';
import { InventoryUnreadable, decodeInventory, inventoryParts } from './decode-inventory.js';
import { encodeInventory, type EncodedInventory } from './encode-inventory.js';
import { inventoryOf, inventoryUnion, inventoryWithout, sameInventory } from './inventory.js';

const part = fc.stringMatching(/^[a-z0-9][a-z0-9.:-]{0,20}$/);
const identity: fc.Arbitrary<ObjectIdentity> = fc.record({ group: fc.oneof(fc.constant(''), part), kind: part, namespace: fc.oneof(fc.constant(''), part), name: part });
const map = (name: string): ObjectIdentity => ({ group: '', kind: 'ConfigMap', namespace: 'a', name });

function decoded({ head, parts }: EncodedInventory): readonly ObjectIdentity[] {
  return decodeInventory(head, new Map(inventoryParts(head).map((name) => [name, parts.get(name) ?? ''])));
}

describe('an inventory', () => {
  test('is read as it was written, whole or in parts that fit', () => {
    fc.assert(
      fc.property(fc.array(identity, { maxLength: 60 }), fc.integer({ min: 200, max: 3_000 }), (objects, bytes) => {
        const written = encodeInventory(objects, bytes);
        expect(decoded(written)).toEqual(inventoryOf(objects));
        for (const text of written.parts.values()) expect(text.length).toBeLessThanOrEqual(bytes);
      }),
      { numRuns: 300 },
    );
  });
  test('has the same texts in whichever order it is given', () => {
    fc.assert(fc.property(fc.array(identity, { maxLength: 30 }).chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))), ([all, shuffled]) => expect(encodeInventory(shuffled, 400)).toEqual(encodeInventory(all, 400))));
  });
  test('of twenty thousand objects fits into a few ConfigMaps', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ group: 'apps', kind: 'Deployment', namespace: `team-${index % 50}`, name: `service-${index}-with-a-rather-long-name` }));
    const written = encodeInventory(many);
    expect(written.parts.size).toBe(2);
    expect(decoded(written)).toHaveLength(20_000);
    expect(written.head.length).toBeLessThan(1_000);
  });
  test('is the union before an apply, and exact after', () => {
    const union = inventoryUnion([map('a'), map('b')], [map('b'), map('c')]);
    expect(union).toEqual([map('a'), map('b'), map('c')]);
    expect(inventoryWithout(union, [map('a')])).toEqual([map('b'), map('c')]);
    expect(sameInventory(union, [map('a'), map('b'), map('c')])).toBe(true);
    expect(sameInventory(union, [map('a'), map('b')])).toBe(false);
    expect(sameInventory([], [])).toBe(true);
  });
});

describe('a record that cannot be understood is an error, never empty', () => {
  const whole = encodeInventory([map('a'), map('b')]);
  const split = encodeInventory(Array.from({ length: 40 }, (_, index) => map(`name-${index}`)), 300);
  test.each([
    ['no JSON', '', 'is no JSON'],
    ['a list', '[]', 'is no JSON map'],
    ['no version', '{}', 'version missing'],
    ['a newer version', '{"version":2,"objects":[]}', 'version 2'],
    ['something unknown', '{"version":1,"objects":[],"compressed":true}', '"compressed"'],
    ['no objects', '{"version":1}', 'neither a list of objects nor parts'],
    ['objects that are no list', '{"version":1,"objects":{}}', 'no list'],
    ['an entry that is no object', '{"version":1,"objects":["ConfigMap/a"]}', 'no object: "ConfigMap/a"'],
    ['an entry that is no text', '{"version":1,"objects":[null]}', 'no object: null'],
    ['cut off', whole.head.slice(0, -3), 'is no JSON'],
    ['parts that are no names', '{"version":1,"count":1,"parts":["../x"]}', 'neither'],
  ])('%s', (_, head, message) => {
    expect(() => decodeInventory(head)).toThrow(InventoryUnreadable);
    expect(() => decodeInventory(head)).toThrow(message);
  });
  test('a part that is missing, or was changed', () => {
    const [first = ''] = inventoryParts(split.head);
    expect(() => decodeInventory(split.head, new Map([...split.parts].filter(([name]) => name !== first)))).toThrow(`part ${first} of the inventory is missing`);
    expect(() => decodeInventory(split.head, new Map([...split.parts, [first, '{"version":1,"objects":[]}']]))).toThrow(`part ${first} of the inventory was changed by another hand`);
    expect(() => decodeInventory(split.head.replace('"count":40', '"count":41'), split.parts)).toThrow('names 41 objects, its parts have 40');
  });
  test('any text is read or refused', () => {
    const texts = fc.oneof(fc.string(), fc.json(), fc.record({ version: fc.constantFrom(1, 1, '1', 2), objects: fc.anything(), parts: fc.anything(), count: fc.anything() }, { requiredKeys: ['version'] }).map((value) => JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item))));
    fc.assert(
      fc.property(texts, (text) => {
        try {
          inventoryParts(text);
          decodeInventory(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InventoryUnreadable);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
