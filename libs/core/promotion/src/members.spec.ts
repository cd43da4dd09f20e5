import { applicationName, objectSha } from '@sluice/kernel';
import { changedMembersOf, membersOf, sayTogether } from './members.js';
import type { CandidateMember } from './model.js';
import { aCandidate, aPromotion, sha } from './promotion.fixture.js';

const content = (letter: string) => objectSha(letter.repeat(40));
const member = (name: string, before: string, after: string): CandidateMember => ({ application: applicationName(name), source: sha('a'), origin: sha('a'), targetContent: content(before), resultContent: content(after) });

describe('what a promotion is about', () => {
  it('is its own application when it goes by itself', () => {
    expect(membersOf(aPromotion())).toEqual(['checkout']);
    expect(changedMembersOf(aPromotion())).toEqual(['checkout']);
  });
  it('is every application that it was composed for; only those that it changes have to come up again', () => {
    const promotion = aPromotion({ candidate: aCandidate({ members: [member('checkout', '1', '2'), member('payment', '3', '3')] }) });
    expect(membersOf(promotion)).toEqual(['checkout', 'payment']);
    expect(changedMembersOf(promotion)).toEqual(['checkout']);
  });
  it('names only the first of very many, so that a title has room for the rest', () => {
    const many = Array.from({ length: 30 }, (_, index) => applicationName(`application-number-${index}`));
    expect(sayTogether(many, 'all')).toBe('all (application-number-0, application-number-1, application-number-2, application-number-3, application-number-4, 25 more)');
    expect(sayTogether([applicationName('a'.repeat(63)), applicationName('b'.repeat(63))])).toBe(`${'a'.repeat(63)} and 1 more`);
  });
  it.each([
    [['checkout'], undefined, 'checkout'],
    [['checkout', 'payment'], undefined, 'checkout and payment'],
    [['a', 'b', 'c'], undefined, 'a, b and c'],
    [['checkout', 'payment'], 'shop-release', 'shop-release (checkout, payment)'],
  ])('%j of the set %s is called %s', (names, set, text) => {
    expect(sayTogether(names.map(applicationName), set)).toBe(text);
  });
});
