import fc from 'fast-check';
import type { AuditEntry } from './audit-entry.js';
import { CHAIN_START, canonicalJson, contentHash, entryText, nextRecord, type ChainRecord } from './chain.js';
import { ChainCheck, type CheckOptions } from './check-chain.js';
import { signedText, type SignedHead } from './signed-head.js';

const entry = (number: number): AuditEntry => ({ at: '2026-11-26T12:00:00.000Z', who: { kind: 'person', name: 'ada' }, door: 'api', action: 'freeze.add', place: { repository: 'shop' }, after: { number }, why: `because ${number}` });

function chainOf(length: number): ChainRecord[] {
  const records: ChainRecord[] = [];
  for (let number = 1; number <= length; number++) records.push(nextRecord(records.at(-1) ?? CHAIN_START, entry(number)));
  return records;
}

function findingsIn(records: readonly ChainRecord[], options?: CheckOptions): readonly string[] {
  const check = new ChainCheck(options);
  for (const record of records) check.take(record);
  check.finish();
  return check.findings.map(({ sequence, kind }) => `${sequence} ${kind}`);
}

const headOf = ({ sequence, hash }: ChainRecord): SignedHead => {
  const head = { sequence, hash, at: '2026-11-26T13:00:00.000Z', key: 'k1' };
  return { ...head, signature: contentHash(signedText(head)) };
};
const verify: CheckOptions['verify'] = (key, text, signature) => (key !== 'k1' ? 'unknown' : signature === contentHash(text) ? 'right' : 'wrong');
const at = (records: readonly ChainRecord[], index: number): ChainRecord => records[index] as ChainRecord;
/** A chain, and a place in it. */
const chains = fc.integer({ min: 2, max: 12 }).chain((length) => fc.record({ length: fc.constant(length), index: fc.nat(length - 1), other: fc.nat(length - 1) }));

describe('a chain that nobody has touched', () => {
  it('is right, with its heads and from any checkpoint', () => {
    fc.assert(
      fc.property(chains, ({ length, index }) => {
        const records = chainOf(length);
        expect(findingsIn(records, { heads: [headOf(at(records, index)), headOf(at(records, length - 1))], verify })).toEqual([]);
        expect(findingsIn(records.slice(index + 1), { start: at(records, index) })).toEqual([]);
      }),
    );
  });

  it('can be followed past entries that were left out', () => {
    const [first, second, third] = chainOf(3) as [ChainRecord, ChainRecord, ChainRecord];
    const { entry: _entry, ...link } = second;
    const check = new ChainCheck({ heads: [headOf(third)], verify });
    for (const record of [first, link, third]) check.take(record);
    check.finish();
    expect(check.findings).toEqual([]);
  });
});

describe('with a signed head of its end, it is found when somebody', () => {
  const isFound = (change: (records: ChainRecord[], place: { readonly index: number; readonly other: number; readonly length: number }) => readonly ChainRecord[]) => {
    fc.assert(
      fc.property(chains, (place) => {
        const records = chainOf(place.length);
        const heads = [headOf(at(records, place.length - 1))];
        expect(findingsIn(change([...records], place), { heads, verify })).not.toEqual([]);
      }),
    );
  };

  it('edits any entry', () => {
    isFound((records, { index }) => records.with(index, { ...at(records, index), entry: entryText({ ...entry(index + 1), why: 'another reason' }) }));
  });

  it('changes any single byte of any field', () => {
    fc.assert(
      fc.property(chains, fc.constantFrom('hash', 'previous', 'content', 'entry'), fc.nat(), ({ length, index }, field, place) => {
        const records = chainOf(length);
        const text = at(records, index)[field];
        const position = place % text.length;
        const other = text[position] === '0' ? '1' : '0';
        const changed = { ...at(records, index), [field]: text.slice(0, position) + other + text.slice(position + 1) };
        expect(findingsIn(records.with(index, changed))).not.toEqual([]);
      }),
    );
  });

  it('removes any entry', () => {
    isFound((records, { index }) => records.toSpliced(index, 1));
  });

  it('swaps two entries', () => {
    isFound((records, { index, other, length }) => {
      const second = other === index ? (index + 1) % length : other;
      return records.with(index, at(records, second)).with(second, at(records, index));
    });
  });

  it('swaps what two entries say, and hashes each again', () => {
    isFound((records, { index, length }) => {
      const second = (index + 1) % length;
      const mine = (into: ChainRecord, from: ChainRecord): ChainRecord => ({ ...nextRecord({ sequence: into.sequence - 1, hash: into.previous }, JSON.parse(from.entry) as AuditEntry) });
      return records.with(index, mine(at(records, index), at(records, second))).with(second, mine(at(records, second), at(records, index)));
    });
  });

  it('writes one twice', () => {
    isFound((records, { index }) => records.toSpliced(index, 0, at(records, index)));
  });

  it('cuts the end off', () => {
    isFound((records, { index }) => records.slice(0, index));
  });

  it('edits an entry and computes everything behind it again', () => {
    isFound((records, { index }) => {
      const forged = records.slice(0, index);
      for (let number = index + 1; number <= records.length; number++) forged.push(nextRecord(forged.at(-1) ?? CHAIN_START, number === index + 1 ? { ...entry(number), why: 'another' } : entry(number)));
      return forged;
    });
  });
});

describe('what is found says where and what', () => {
  const records = chainOf(4);
  const [first, second, third, fourth] = records as [ChainRecord, ChainRecord, ChainRecord, ChainRecord];

  it.each<[string, readonly ChainRecord[], CheckOptions, readonly string[]]>([
    ['an edited entry', [first, { ...second, entry: first.entry }, third], {}, ['2 edited']],
    ['a missing entry', [first, second, fourth], {}, ['4 gap']],
    ['two that changed places', [first, third, second, fourth], {}, ['3 gap', '2 order']],
    ['a beginning that is missing', [second, third], {}, ['2 gap']],
    ['a link to something else', [first, second, nextRecord({ sequence: 2, hash: first.hash }, entry(3))], {}, ['3 relinked']],
    ['a hash that was made up', [first, { ...second, hash: first.hash }], {}, ['2 forged']],
    ['an end that is missing', [first, second], { heads: [headOf(fourth)], verify }, ['2 cut']],
    ['everything missing', [], { heads: [headOf(fourth)], verify }, ['0 cut']],
    ['a head with another hash', records, { heads: [headOf({ ...third, hash: first.hash })], verify }, ['3 rewritten']],
    ['a checkpoint with another hash', [fourth], { start: third, heads: [headOf({ ...third, hash: first.hash })], verify }, ['3 rewritten']],
    ['a head that was changed', records, { heads: [{ ...headOf(fourth), at: '2020-01-01T00:00:00.000Z' }], verify }, ['4 signature']],
    ['a head by an unknown key', records, { heads: [{ ...headOf(fourth), key: 'k2' }], verify }, ['4 signature']],
    ['a head that nobody can check', records, { heads: [headOf(fourth)] }, ['4 signature']],
  ])('%s', (_, given, options, expected) => {
    expect(findingsIn(given, options)).toEqual(expected);
  });

  it('counts what is beyond the limit', () => {
    const check = new ChainCheck({ limit: 2 });
    for (const record of records) check.take({ ...record, entry: '{}' });
    expect([check.findings.length, check.more, check.checked]).toEqual([2, 2, 4]);
  });
});

describe('what is hashed', () => {
  it('is the same for equal values, whatever the order of their keys', () => {
    expect(canonicalJson({ b: [1, { d: 1, c: '\u00e9\n' }], a: null })).toBe('{"a":null,"b":[1,{"c":"é\\n","d":1}]}');
    expect(entryText({ ...entry(1) })).toBe(canonicalJson(JSON.parse(entryText(entry(1)))));
  });

  it('is text, whatever people write', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }), (why) => {
        const text = entryText({ ...entry(1), why });
        expect(() => encodeURIComponent(text)).not.toThrow();
        expect(text).not.toContain('\0');
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('gives for a known entry a known hash: a chain that was written stays readable', () => {
    expect(nextRecord(CHAIN_START, entry(1)).hash).toMatchInlineSnapshot(`"cf05c462772a9f2f504205579ac84618dab7908456e3ae90055959fa2dae14e6"`);
  });
});
