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
    { it: 'descends from what is current', commit: C, more: {}, memory: { current: A }, expected: { onBranch: true, descends: true, fromFloor: true, acceptance: 'none' } },
    { it: 'does not descend from what was rewritten', commit: C, more: {}, memory: { current: D }, expected: { descends: false } },
    { it: 'is older than what is current', commit: A, more: {}, memory: { current: C }, expected: { descends: false } },
    { it: 'is older than the floor', commit: A, more: { floor: B }, memory: {}, expected: { fromFloor: false, descends: true } },
    { it: 'is accepted', commit: A, more: { accepted: A }, memory: { current: C }, expected: { acceptance: 'exact' } },
    { it: 'is accepted, as often as it takes', commit: A, more: { accepted: A }, memory: { current: C, usedAcceptance: A }, expected: { acceptance: 'exact' } },
    { it: 'follows from an accepted one', commit: C, more: { accepted: B }, memory: { current: D }, expected: { acceptance: 'descends' } },
    { it: 'follows from an accepted one that was used up', commit: C, more: { accepted: B }, memory: { current: D, usedAcceptance: B }, expected: { acceptance: 'none' } },
    { it: 'is not on the branch', commit: D, more: { accepted: D }, memory: {}, expected: { onBranch: false, acceptance: 'none' } },
  ])('it $it', async ({ commit, more, memory, expected }) => {
    expect(await observeCandidate(source, { ...assignment, ...more }, commit, memory)).toMatchObject(expected);
  });
});
