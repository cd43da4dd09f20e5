import { clusterName, type CommitSha, commitSha, environmentName, repositoryId } from '@sluice/kernel';
import { type Candidate, decideSync, type SyncObservation } from './decide-sync.js';
import type { Assignment } from './ports/control-plane.js';

const A = commitSha('a'.repeat(40));
const B = commitSha('b'.repeat(40));
const H = commitSha('c'.repeat(40));
const GOOD: Candidate = { head: H, onBranch: true, fromFloor: true, descends: true, acceptance: 'none' };

function assigned(commit?: CommitSha, more: Partial<Assignment> = {}): Assignment {
  return { revision: 1, environment: environmentName('prod'), repository: repositoryId('shop'), branch: 'env/prod', drift: 'revert', ...(commit && { commit }), ...more };
}

function plan(observation: Omit<SyncObservation, 'cluster'>) {
  return decideSync({ cluster: clusterName('prod-eu'), ...observation });
}

describe('what an agent does about its assignment', () => {
  it.each<[string, Omit<SyncObservation, 'cluster'>, object]>([
    ['waits when it never heard of one', {}, { kind: 'wait', reason: expect.stringContaining('never reached') }],
    ['waits when nothing is assigned', { assignment: assigned() }, { kind: 'wait', reason: expect.stringContaining('prod') }],
    ['keeps what it has when nothing is assigned any more', { assignment: assigned(), current: A }, { kind: 'enforce' }],
    ['keeps what it has when no assignment is known', { current: A }, { kind: 'enforce' }],
    ['keeps what it has when that is assigned', { assignment: assigned(A), current: A }, { kind: 'enforce' }],
    ['applies a commit that descends from the current one', { assignment: assigned(B), current: A, candidate: GOOD }, { kind: 'apply', commit: B }],
    ['applies the first commit', { assignment: assigned(B), candidate: GOOD }, { kind: 'apply', commit: B }],
    ['waits when git cannot be read', { assignment: assigned(B), current: A, unreadable: 'no route' }, { kind: 'wait', reason: expect.stringContaining('no route') }],
    ['is blocked when the branch is gone', { assignment: assigned(B), current: A, candidate: { onBranch: false, fromFloor: false, descends: false, acceptance: 'none' } }, { kind: 'blocked', reason: expect.stringContaining('does not exist') }],
    ['is blocked by a commit that a merge brought along', { assignment: assigned(B), current: A, candidate: { ...GOOD, onBranch: false } }, { kind: 'blocked', reason: expect.stringContaining('first-parent') }],
    ['is blocked by a force push until a person accepts', { assignment: assigned(B), current: A, candidate: { ...GOOD, descends: false } }, { kind: 'blocked', reason: expect.stringContaining(`waits for \`sluice clusters accept prod-eu ${B}\``) }],
    ['is blocked by a commit older than the floor', { assignment: assigned(B, { floor: H }), candidate: { ...GOOD, fromFloor: false } }, { kind: 'blocked', reason: expect.stringContaining('when this agent was enrolled') }],
    ['applies what a person accepted', { assignment: assigned(B, { accepted: B }), current: A, candidate: { ...GOOD, descends: false, fromFloor: false, acceptance: 'exact' } }, { kind: 'apply', commit: B, acceptance: B }],
    ['applies what follows from what a person accepted', { assignment: assigned(B, { accepted: H }), current: A, candidate: { ...GOOD, descends: false, acceptance: 'descends' } }, { kind: 'apply', commit: B, acceptance: H }],
    ['does not apply what is accepted and not on the branch', { assignment: assigned(B, { accepted: B }), current: A, candidate: { ...GOOD, onBranch: false, acceptance: 'exact' } }, { kind: 'blocked' }],
  ])('%s', (_, observation, expected) => {
    expect(plan(observation)).toMatchObject(expected);
  });
});
