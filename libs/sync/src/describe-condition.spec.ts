import { commitSha } from '@sluice/kernel';
import type { SyncPlan } from './decide-sync.js';
import { describeCondition, type Enforcement } from './describe-condition.js';

const A = commitSha('a'.repeat(40));
const WELL: Enforcement = { current: A, settled: A, failed: [], drift: [] };
const ENFORCE: SyncPlan = { kind: 'enforce' };
const modified = { path: 'a', kind: 'modified', reverted: false, at: 1 } as const;

describe('what an agent reports', () => {
  it.each<[string, SyncPlan, Enforcement, object]>([
    ['synced and current', ENFORCE, WELL, { phase: 'synced', health: 'Current', commit: A, message: '' }],
    ['nothing yet', { kind: 'wait', reason: 'nothing assigned' }, { failed: [], drift: [] }, { phase: 'syncing', health: 'Unknown', message: 'nothing assigned' }],
    ['current while git is away', { kind: 'wait', reason: 'git is away' }, WELL, { phase: 'synced', health: 'Current', message: 'git is away' }],
    ['blocked, and what it runs is well', { kind: 'blocked', reason: 'forced' }, WELL, { phase: 'blocked', health: 'Current', commit: A, message: 'forced' }],
    ['an apply that did not end as syncing, never as synced', ENFORCE, { ...WELL, unfinished: 'stopped' }, { phase: 'syncing', health: 'InProgress', message: 'stopped' }],
    ['failed files', ENFORCE, { ...WELL, failed: [{ path: 'x', message: 'no' }] }, { phase: 'failed', health: 'Failed', resources: [{ path: 'x', status: 'Failed', message: 'no' }], message: '1 file could not be applied' }],
    ['a failed command', ENFORCE, { ...WELL, afterChange: 'exit 1' }, { phase: 'failed', health: 'Failed', resources: [{ path: 'after-change', status: 'Failed', message: 'exit 1' }] }],
    ['a command that waits for failed files', ENFORCE, { ...WELL, failed: [{ path: 'x', message: 'no' }], afterChangeWaits: true }, { phase: 'failed', resources: [{ path: 'after-change', status: 'InProgress' }, { path: 'x', status: 'Failed' }] }],
    ['drift that is only reported', ENFORCE, { ...WELL, drift: [modified] }, { phase: 'synced', health: 'Failed', resources: [{ path: 'a', status: 'Failed' }], drift: [modified] }],
    ['drift that was reverted as well', ENFORCE, { ...WELL, drift: [{ ...modified, reverted: true }] }, { phase: 'synced', health: 'Current', resources: [] }],
    ['objects that are on their way', ENFORCE, { ...WELL, health: [{ path: 'a', object: 'Deployment.apps shop/web', status: 'InProgress', message: '1 of 2' }] }, { phase: 'synced', health: 'InProgress', resources: [{ path: 'a', object: 'Deployment.apps shop/web', status: 'InProgress', message: '1 of 2' }], message: '' }],
    ['what failed before what is on its way', ENFORCE, { ...WELL, health: [{ path: 'a', object: 'x', status: 'InProgress', message: '' }, { path: 'a', object: 'y', status: 'Failed', message: 'no' }] }, { phase: 'synced', health: 'Failed', resources: [{ object: 'y' }, { object: 'x' }] }],
    ['an object that waits for others', ENFORCE, { ...WELL, failed: [{ path: 'a', object: 'x', message: 'waits', waits: true }] }, { phase: 'syncing', health: 'InProgress', resources: [{ path: 'a', object: 'x', status: 'InProgress', message: 'waits' }], message: '1 object waits for others' }],
    ['an object that failed and had drifted before', ENFORCE, { ...WELL, failed: [{ path: 'a', message: 'no' }], drift: [{ ...modified, reverted: true }] }, { phase: 'failed', health: 'Failed' }],
    ['objects that wait for one that has failed', ENFORCE, { ...WELL, failed: [{ path: 'a', object: 'x', message: 'waits', waits: true }], health: [{ path: 'b', object: 'y', status: 'Failed', message: 'no' }] }, { phase: 'failed', health: 'Failed', resources: [{ object: 'y' }, { object: 'x' }] }],
    ['two objects of a file, one of them drifted', ENFORCE, { ...WELL, failed: [{ path: 'a', object: 'x', message: 'no' }], drift: [{ ...modified, object: 'y' }] }, { phase: 'failed', resources: [{ object: 'x' }, { object: 'y' }] }],
    ['a target that cannot be looked at', ENFORCE, { ...WELL, unreadable: 'no answer' }, { phase: 'synced', health: 'Unknown', message: 'no answer' }],
    ['foreign files as no harm', ENFORCE, { ...WELL, drift: [{ ...modified, kind: 'foreign' }] }, { phase: 'synced', health: 'Current', resources: [] }],
  ])('is %s', (_, plan, enforcement, expected) => {
    expect(describeCondition(plan, enforcement)).toMatchObject(expected);
  });
});
