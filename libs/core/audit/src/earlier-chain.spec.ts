import type { AuditEntry } from './audit-entry.js';
import { CHAIN_START, contentHash, nextRecord, type ChainRecord } from './chain.js';
import { ChainCheck, type CheckOptions } from './check-chain.js';
import { BEGUN_ANEW, begunAnewIn, begunAnewValue, unexplainedHead, type SeenHead } from './earlier-chain.js';
import { signedText, type SignedHead } from './signed-head.js';

const entry = (fields: Partial<AuditEntry> = {}): AuditEntry => ({ at: '2026-11-26T12:00:00.000Z', who: { kind: 'person', name: 'ada' }, door: 'api', action: 'freeze.add', place: {}, ...fields });
const verify: CheckOptions['verify'] = (key, text, signature) => (key === 'lost' ? 'unknown' : signature === contentHash(text) ? 'right' : 'wrong');

function chainOf(...entries: readonly AuditEntry[]): readonly ChainRecord[] {
  return entries.reduce<readonly ChainRecord[]>((records, one) => [...records, nextRecord(records.at(-1) ?? CHAIN_START, one)], []);
}

function headOf(record: ChainRecord | undefined, day: number, key = 'k1'): SignedHead {
  const head = { sequence: record?.sequence ?? 0, hash: record?.hash ?? '', at: `2026-11-${day}T00:00:00.000Z`, key };
  return { ...head, signature: contentHash(signedText(head)) };
}

/** What a chain says that took the place of the one that a head is of. */
const anew = (head: SignedHead): AuditEntry => entry({ action: BEGUN_ANEW, after: begunAnewValue(head) });

const OLD = chainOf(...Array.from({ length: 6 }, (_, number) => entry({ why: `old ${number}` })));
const [OLD_2, OLD_6] = [headOf(OLD[1], 10), headOf(OLD[5], 12)];
const NEW = chainOf(entry({ why: 'new' }), anew(OLD_6), entry());
const NEW_3 = headOf(NEW[2], 20);

function verdictOf(records: readonly ChainRecord[], heads: readonly SignedHead[]) {
  const check = new ChainCheck({ heads, verify });
  for (const record of records) check.take(record);
  check.finish();
  return { findings: check.findings.map(({ sequence, kind }) => `${sequence} ${kind}`), earlier: check.earlier.map(({ sequence, saidBy, heads: count }) => `${sequence} said by ${saidBy}, ${count} heads`), newest: check.newestHead?.sequence };
}

describe('a chain that was begun anew', () => {
  it('is right in itself, and tells of the earlier one whatever is left of it', () => {
    expect(verdictOf(NEW, [OLD_2, OLD_6, NEW_3])).toEqual({ findings: [], earlier: ['6 said by 2, 2 heads'], newest: 3 });
    expect(verdictOf(NEW, [NEW_3])).toEqual({ findings: [], earlier: ['6 said by 2, 0 heads'], newest: 3 });
  });

  it('tells of it also when its key was lost with it', () => {
    const lost = headOf(OLD[5], 12, 'lost');
    expect(verdictOf(chainOf(entry(), anew(lost)), [lost])).toEqual({ findings: [], earlier: ['6 said by 2, 1 heads'], newest: undefined });
  });

  it('tells of each, when it was lost more than once', () => {
    const second = chainOf(entry({ why: 'second' }), entry());
    const SECOND_2 = headOf(second[1], 15);
    expect(verdictOf(chainOf(entry({ why: 'third' }), anew(SECOND_2), anew(OLD_6)), [OLD_2, OLD_6, SECOND_2]).earlier).toEqual(['2 said by 2, 2 heads', '6 said by 3, 2 heads']);
  });

  it('tells of one once, when two places knew of it', () => {
    expect(verdictOf(chainOf(entry({ why: 'new' }), anew(OLD_2), anew(OLD_6)), [OLD_2, OLD_6]).earlier).toEqual(['6 said by 3, 2 heads']);
  });
});

describe('it hides nothing when', () => {
  it.each<[string, readonly ChainRecord[], readonly SignedHead[], readonly string[]]>([
    ['it says nothing of the earlier chain', chainOf(entry()), [OLD_2, OLD_6], ['1 cut']],
    ['a head is newer than what it tells of', NEW, [OLD_6, headOf(OLD[4], 13)], ['3 cut']],
    ['a head counts more than what it tells of', chainOf(entry({ why: 'new' }), anew(OLD_2)), [OLD_2, OLD_6], ['2 cut']],
    ['its own past was rewritten later', NEW, [OLD_6, { ...NEW_3, ...headOf({ ...NEW[2], hash: 'f'.repeat(64) } as ChainRecord, 20) }], ['3 rewritten']],
    ['the end of this very chain was cut off, and somebody says that it was another', [...OLD.slice(0, 2), nextRecord(OLD[1] as ChainRecord, anew(OLD_6))], [OLD_2, OLD_6], ['3 cut']],
    ['a head of the earlier chain was changed', NEW, [OLD_2, { ...OLD_6, at: '2026-11-11T00:00:00.000Z' }], ['6 signature', '3 cut']],
    ['what it tells of is not told of rightly', chainOf(entry(), entry({ action: BEGUN_ANEW, after: { sequence: 'all' } })), [OLD_6], ['2 cut']],
  ])('%s', (_, records, heads, findings) => {
    expect(verdictOf(records, heads).findings).toEqual(findings);
  });
});

describe('a head of another chain', () => {
  const seen = (head: SignedHead, place: SeenHead['place'], signature: SeenHead['signature'] = 'right'): SeenHead => ({ head, place, signature });

  it('is to be told of, the newest first, until all are', () => {
    expect(unexplainedHead([], [seen(OLD_2, 'differs'), seen(OLD_6, 'beyond'), seen(NEW_3, 'agrees')])).toBe(OLD_6);
    expect(unexplainedHead([{ ...OLD_6, saidBy: 2 }], [seen(OLD_2, 'differs'), seen(OLD_6, 'beyond')])).toBeUndefined();
    expect(unexplainedHead([], [seen(NEW_3, 'agrees')])).toBeUndefined();
  });

  it('is none when this chain has an older head: it was cut or rewritten', () => {
    expect(unexplainedHead([], [seen(OLD_2, 'agrees'), seen(OLD_6, 'beyond')])).toBeUndefined();
  });

  it('is none when it was changed', () => {
    expect(unexplainedHead([], [seen(OLD_6, 'beyond', 'wrong')])).toBeUndefined();
  });
});

it('is said by an entry of its own only', () => {
  const [said, other] = chainOf(anew(OLD_6), entry({ why: BEGUN_ANEW })) as [ChainRecord, ChainRecord];
  expect([begunAnewIn(said), begunAnewIn(other)]).toEqual([{ sequence: 6, hash: OLD_6.hash, at: OLD_6.at, key: 'k1', saidBy: 1 }, undefined]);
});
