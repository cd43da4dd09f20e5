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
  it.each([
    [['checkout'], undefined, 'checkout'],
    [['checkout', 'payment'], undefined, 'checkout and payment'],
    [['a', 'b', 'c'], undefined, 'a, b and c'],
    [['checkout', 'payment'], 'shop-release', 'shop-release (checkout, payment)'],
  ])('%j of the set %s is called %s', (names, set, text) => {
    expect(sayTogether(names.map(applicationName), set)).toBe(text);
  });
});
