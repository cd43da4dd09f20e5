import { commitSha, instant, personName } from '@sluice/kernel';
import type { Review } from '../ports/index.js';
import { saidOnce } from './said-once.js';

const noted: Review = { id: 'noted', person: personName('grace'), state: 'approved', commit: commitSha('a'.repeat(40)), body: 'Fine', at: instant(1) };
const own: Review = { ...noted, id: 'own', login: 'grace-h', at: instant(2) };

describe('what a person has said', () => {
  it('is there once, as their own', () => {
    expect(saidOnce([noted, own])).toEqual([own]);
  });

  it.each<[string, Review]>([
    ['of another head', { ...noted, commit: commitSha('b'.repeat(40)) }],
    ['to the contrary', { ...noted, state: 'rejected' }],
    ['by another person', { ...noted, person: personName('linus') }],
    ['twice by themselves', { ...own, id: 'own-again' }],
  ])('%s is something else', (_, other) => {
    expect(saidOnce([own, other])).toEqual([own, other]);
  });
});
