import { clusterName, commitSha, environmentName, instant } from '@sluice/kernel';
import type { Gate } from '@sluice/pipeline';
import { evaluateGate, isSourceGate, nextLook } from './evaluate.js';
import type { GateObservations } from './observations.js';
import { chooseRunner } from './observed-test.js';
import type { ObservedTest, ObservedTestAgent, ObservedTestRun } from './observed-test.js';

const NOW = instant(Date.parse('2026-01-01T12:00:00Z'));
const S = commitSha('a'.repeat(40));
const GATE: Gate = { name: 'smoke', type: 'test', test: { name: 'smoke', command: ['./smoke.sh', '--quick'], timeout: 600_000 } };

const agent = (fields: Partial<ObservedTestAgent> = {}): ObservedTestAgent => ({ cluster: clusterName('dev-1'), connected: true, consent: 'allows', live: true, busy: false, ...fields });
const run = (fields: Partial<ObservedTestRun> = {}): ObservedTestRun => ({ id: 'r1', state: 'ordered', at: NOW, message: '', lost: 0, url: 'http://sluice/log', ...fields });
const ran = (state: ObservedTestRun['state'], fields: Partial<ObservedTestRun> = {}): ObservedTestRun => run({ state, cluster: clusterName('dev-1'), takenAt: NOW, duration: 3_000, ...fields });
const test = (fields: Partial<ObservedTest> = {}): ObservedTest => ({ environment: environmentName('dev'), commit: S, boundTo: 'hash', run: run(), agents: [agent()], replaced: false, commands: { again: 'sluice tests run checkout dev', log: 'sluice tests checkout dev --log' }, ...fields });

function verdict(tests: readonly ObservedTest[], fields: Partial<GateObservations> = {}) {
  return evaluateGate(GATE, { sourceEnvironment: 'dev', sourceCommit: S, statuses: [], clusters: [], decisions: [], authors: [], previous: [], tests: { smoke: tests }, ...fields }, NOW);
}

describe('the test gate', () => {
  it('is a gate on the source', () => {
    expect(isSourceGate(GATE)).toBe(true);
  });

  it.each<[string, Partial<ObservedTest>, string, string]>([
    ['it has passed', { run: ran('passed') }, 'pass', 'smoke passed on cluster dev-1 in 3s'],
    ['it has passed, and the environment has other content by now', { run: ran('passed'), replaced: true, agents: [agent({ live: false })] }, 'pass', 'smoke passed on cluster dev-1 in 3s'],
    ['it has failed', { run: ran('failed', { message: 'exit code 1: no answer' }) }, 'fail', 'smoke failed on cluster dev-1: exit code 1: no answer'],
    ['it runs', { run: ran('running') }, 'wait', 'smoke runs on dev-1 since 12:00:00Z, for at most 10m'],
    ['it runs again after an agent was lost', { run: ran('running', { lost: 1 }) }, 'wait', 'smoke runs on dev-1 since 12:00:00Z, for at most 10m (tried again: an agent was lost while running it)'],
    ['somebody can run it', {}, 'wait', 'smoke is handed to dev-1'],
    ['whoever can run it runs another', { agents: [agent({ busy: true })] }, 'wait', 'smoke waits its turn on dev-1'],
    ['nobody is enrolled', { agents: [] }, 'wait', 'no agent is enrolled in dev'],
    ['nobody allows it', { agents: [agent({ consent: 'refuses' })] }, 'wait', 'agent dev-1 does not allow it: put smoke=["./smoke.sh","--quick"] into the allow-list'],
    ['two do not allow it', { agents: [agent({ consent: 'refuses' }), agent({ cluster: clusterName('dev-2'), consent: 'refuses' })] }, 'wait', 'agents dev-1, dev-2 do not allow it: put smoke=["./smoke.sh","--quick"] into the allow-list'],
    ['the agent is too old', { agents: [agent({ consent: 'unaware' })] }, 'wait', 'no agent knows tests: dev-1 is of an older version, or has not been heard of yet'],
    ['the agent is away', { agents: [agent({ connected: false })] }, 'wait', 'dev-1, which could run smoke, is not connected'],
    ['the content is not there yet', { agents: [agent({ live: false })] }, 'wait', 'aaaaaaaaaa is not live in dev-1 yet; then smoke is run there'],
    ['the content was replaced first', { agents: [agent({ live: false })], replaced: true, run: run({ state: 'replaced' }) }, 'wait', 'dev has other content by now; smoke was not run on aaaaaaaaaa'],
  ])('when %s', (_, fields, outcome, message) => {
    expect(verdict([test(fields)])).toMatchObject({ gate: 'smoke', type: 'test', outcome, message });
  });

  it('says who can clear what it waits for', () => {
    expect(verdict([test({ run: ran('failed') })]).clearedBy).toContain('`sluice tests run checkout dev`');
    expect(verdict([test({ agents: [agent({ consent: 'refuses' })] })]).clearedBy).toContain('whoever runs the machine of dev-1');
  });

  it('links what was said, and is looked at again when nobody has come back', () => {
    const running = verdict([test({ run: ran('running', { leaseUntil: instant(NOW + 5) }) })]);
    expect(running.evidence).toEqual({ boundTo: 'hash', run: 'r1', url: 'http://sluice/log' });
    expect(nextLook([running])).toBe(NOW + 5);
  });

  it('stays passed when the result has been forgotten, for the same content and the same test only', () => {
    const passed = verdict([test({ run: ran('passed') })]);
    expect(verdict([test()], { previous: [passed] }).outcome).toBe('pass');
    expect(verdict([test({ boundTo: 'other' })], { previous: [passed] }).outcome).toBe('wait');
  });

  it('waits when nobody has looked', () => {
    expect(verdict([])).toMatchObject({ outcome: 'wait', message: 'whether it was run has not been looked at yet' });
  });

  it('asks all of several sources', () => {
    const [eu, us] = [test({ environment: environmentName('eu'), run: ran('passed') }), test({ environment: environmentName('us'), run: ran('failed', { message: 'exit code 2' }) })];
    expect(verdict([eu, eu]).outcome).toBe('pass');
    expect(verdict([eu, us])).toMatchObject({ outcome: 'fail', message: 'us: smoke failed on cluster dev-1: exit code 2' });
    expect(verdict([eu, test({ environment: environmentName('us') })])).toMatchObject({ outcome: 'wait', message: 'us: smoke is handed to dev-1' });
  });
});

describe('who runs a test', () => {
  const named = (name: string, fields: Partial<ObservedTestAgent> = {}): ObservedTestAgent => agent({ cluster: clusterName(name), ...fields });
  it.each<[string, readonly ObservedTestAgent[], string | undefined]>([
    ['the first by name', [named('b'), named('a')], 'a'],
    ['one that has nothing else to run', [named('b'), named('a', { busy: true })], 'b'],
    ['the first, when all have', [named('b', { busy: true }), named('a', { busy: true })], 'a'],
    ['nobody who is away', [named('a', { connected: false })], undefined],
    ['nobody who does not allow it', [named('a', { consent: 'refuses' }), named('b', { consent: 'unaware' })], undefined],
    ['nobody who has other content', [named('a', { live: false })], undefined],
  ])('is %s', (_, agents, cluster) => {
    expect(chooseRunner(agents)).toBe(cluster);
  });
});
