import { commitSha, environmentName, repositoryId } from '@sluice/kernel';
import { observeCandidate } from './observe-candidate.js';
import type { Assignment } from './ports/control-plane.js';
import type { SourceRepository } from './ports/source-repository.js';

const A = commitSha('a'.repeat(40));
const B = commitSha('b'.repeat(40));
const C = commitSha('c'.repeat(40));
const D = commitSha('d'.repeat(40));
/** One branch, oldest first. */
const CHAIN = [A, B, C];
const assignment: Assignment = { revision: 1, environment: environmentName('prod'), repository: repositoryId('shop'), branch: 'env/prod', drift: 'revert' };

const source: SourceRepository = {
  fetch: async () => C,
  onFirstParent: async (_, commit) => CHAIN.includes(commit),
  isAncestor: async (ancestor, descendant) => CHAIN.includes(ancestor) && CHAIN.indexOf(ancestor) <= CHAIN.indexOf(descendant),
  files: async () => [],
};

describe('what git says about a commit', () => {
  it.each([
    ['descends from what is current', C, {}, { current: A }, { onBranch: true, descends: true, fromFloor: true, acceptance: 'none' }],
    ['does not descend from what was rewritten', C, {}, { current: D }, { descends: false }],
    ['is older than what is current', A, {}, { current: C }, { descends: false }],
    ['is older than the floor', A, { floor: B }, {}, { fromFloor: false, descends: true }],
    ['is accepted', A, { accepted: A }, { current: C }, { acceptance: 'exact' }],
    ['is accepted, as often as it takes', A, { accepted: A }, { current: C, usedAcceptance: A }, { acceptance: 'exact' }],
    ['follows from an accepted one', C, { accepted: B }, { current: D }, { acceptance: 'descends' }],
    ['follows from an accepted one that was used up', C, { accepted: B }, { current: D, usedAcceptance: B }, { acceptance: 'none' }],
    ['is not on the branch', D, { accepted: D }, {}, { onBranch: false, acceptance: 'none' }],
  ])('it %s', async (_, commit, more, memory, expected) => {
    expect(await observeCandidate(source, { ...assignment, ...more }, commit, memory)).toMatchObject(expected);
  });
});
