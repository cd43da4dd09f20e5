import { instant } from '@sluice/kernel';
import { healthOf } from './health-of.js';
import { NOW, condition, health, kubeObject } from './objects.fixture.js';

describe('a Pod', () => {
  const waiting = (reason: string, name = 'web') => ({ name, state: { waiting: { reason } } });
  const pod = (status: unknown, metadata = {}) => health('v1', 'Pod', { metadata, status });

  test.each([
    ['that runs and is ready', { phase: 'Running', conditions: [condition('Ready=True')] }, 'Current', 'ready'],
    ['that is ready although a container crashes', { phase: 'Running', conditions: [condition('Ready=True')], containerStatuses: [waiting('CrashLoopBackOff')] }, 'Current', 'ready'],
    ['that runs and is not ready', { phase: 'Running', conditions: [condition('Ready=False')] }, 'InProgress', 'runs, but is not ready'],
    ['that says why it is not ready', { phase: 'Running', conditions: [condition('Ready=False/ContainersNotReady', 'containers with unready status: [web]')] }, 'InProgress', 'runs, but is not ready: containers with unready status: [web]'],
    ['that runs without conditions', { phase: 'Running' }, 'InProgress', 'runs, but is not ready'],
    ['whose container waits for something else', { phase: 'Running', containerStatuses: [waiting('ContainerCreating')] }, 'InProgress', 'runs, but is not ready'],
    ['whose containers crash', { phase: 'Running', containerStatuses: [waiting('CrashLoopBackOff'), waiting('Completed', 'b'), waiting('CrashLoopBackOff', 'c')] }, 'Failed', 'crashing again and again: web, c'],
    ['whose init container crashes', { phase: 'Pending', initContainerStatuses: [waiting('CrashLoopBackOff', 'migrate')] }, 'Failed', 'crashing again and again: migrate'],
    ['that is pending', { phase: 'Pending' }, 'InProgress', 'waits for its containers (phase Pending)'],
    ['that is pending with a node', { phase: 'Pending', conditions: [condition('PodScheduled=True')] }, 'InProgress', 'waits for its containers (phase Pending)'],
    ['without a node for another reason', { phase: 'Pending', conditions: [condition('PodScheduled=False/SchedulingGated')] }, 'InProgress', 'waits for its containers (phase Pending)'],
    ['that nobody has looked at', {}, 'InProgress', 'no node has looked at it yet (no status.phase)'],
    ['of a phase that there is not', { phase: 'Dreaming' }, 'Unknown', 'phase Dreaming is none that a Pod has'],
    ['that succeeded', { phase: 'Succeeded' }, 'Current', 'completed successfully'],
    ['that failed', { phase: 'Failed' }, 'Current', 'completed, but not successfully'],
  ])('%s', (_, status, expected, message) => expect(pod(status)).toMatchObject({ status: expected, message }));

  const unschedulable = { phase: 'Pending', conditions: [condition('PodScheduled=False/Unschedulable', '0/3 nodes are available')] };
  test.each([
    [0, 'InProgress'],
    [14_999, 'InProgress'],
    [15_000, 'Failed'],
    [15_001, 'Failed'],
    [-60_000, 'InProgress'], // the clock of the API server is ahead
  ])('for which there is no node is %i ms after its creation %s', (age, status) => {
    const object = kubeObject('v1', 'Pod', { metadata: { creationTimestamp: '2026-03-01T12:00:00Z' }, status: unschedulable });
    const found = healthOf(object, instant(NOW + age));
    expect(found).toMatchObject({ status, message: expect.stringContaining('0/3 nodes are available') });
    expect(found.lookAgainAt).toBe(status === 'InProgress' ? NOW + 15_000 : undefined);
  });
  test.each(['yesterday', '1', '2026-03-01', '2026-03-01T12:00:00', '2026-13-01T12:00:00Z'])('created at "%s" is unknown where the time matters', (creationTimestamp) => {
    expect(pod(unschedulable, { creationTimestamp })).toMatchObject({ status: 'Unknown', message: 'metadata.creationTimestamp is no time' });
    expect(pod({ phase: 'Running' }, { creationTimestamp })).toMatchObject({ status: 'InProgress' });
  });
});

describe('a Job', () => {
  const job = (status: object, spec: object = {}) => health('batch/v1', 'Job', { spec, status });
  test.each([
    ['that is complete', {}, { succeeded: 3, conditions: [condition('Complete=True')] }, 'Current', 'complete: 3 of 1 completions'],
    ['that is complete and once was suspended', { completions: 2 }, { succeeded: 2, conditions: [condition('Suspended=False'), condition('Complete=True')] }, 'Current', 'complete: 2 of 2 completions'],
    ['that failed and says why', { completions: 4 }, { conditions: [condition('Failed=True/BackoffLimitExceeded', 'Job has reached the specified backoff limit')] }, 'Failed', 'Job has reached the specified backoff limit'],
    ['that failed and does not say why', { parallelism: 4 }, { succeeded: 1, conditions: [condition('Failed=True')] }, 'Failed', 'failed with 1 of 4 completions'],
    ['that is about to fail', {}, { startTime: '2026-03-01T11:00:00Z', conditions: [condition('FailureTarget=True')] }, 'InProgress', '0 of 1 completions; 0 active, 0 failed'],
    ['that is suspended', { suspend: true }, { conditions: [condition('Suspended=True/JobSuspended')] }, 'Current', 'suspended: it runs when somebody resumes it'],
    ['that was resumed', {}, { startTime: '2026-03-01T11:00:00Z', active: 1, conditions: [condition('Suspended=False/JobResumed')] }, 'InProgress', '0 of 1 completions; 1 active, 0 failed'],
    ['that has not started', {}, {}, 'InProgress', 'not started yet'],
    ['whose start is an empty text', {}, { startTime: '' }, 'InProgress', 'not started yet'],
    ['that runs', { completions: 5, parallelism: 2 }, { startTime: '2026-03-01T11:00:00Z', active: 2, succeeded: 1, failed: 1 }, 'InProgress', '1 of 5 completions; 2 active, 1 failed'],
  ])('%s', (_, spec, status, ...[expected, message]) => expect(job(status, spec)).toMatchObject({ status: expected, message }));
  test('names the reason of the cluster, or its own', () => {
    expect(job({ conditions: [condition('Failed=True/DeadlineExceeded')] }).reason).toBe('DeadlineExceeded');
    expect(job({ conditions: [condition('Failed=True')] }).reason).toBe('JobFailed');
  });
});

describe('a CustomResourceDefinition', () => {
  test.each([
    ['whose names are not accepted', ['NamesAccepted=False/Conflict'], 'Failed', 'Conflict'],
    ['whose names may be accepted', ['NamesAccepted=Unknown'], 'InProgress', 'Installing'],
    ['not established yet', ['Established=False/Installing'], 'InProgress', 'Installing'],
    ['not established for another reason', ['Established=False/NotAccepted'], 'Failed', 'NotAccepted'],
    ['not established for no reason', ['Established=False'], 'Failed', undefined],
    ['nobody knows of', ['Established=Unknown'], 'InProgress', 'Installing'],
    ['established, of which the first word counts', ['Established=True', 'NamesAccepted=False/Late'], 'Current', undefined],
    ['refused, of which the first word counts', ['NamesAccepted=False/Early', 'Established=True'], 'Failed', 'Early'],
  ])('%s', (_, texts, status, reason) => {
    const found = health('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { status: { conditions: texts.map((text) => condition(text)) } });
    expect([found.status, found.reason]).toEqual([status, reason]);
  });
});

describe('a PersistentVolumeClaim', () => {
  test.each([['Bound', 'Current', 'bound to a volume'], ['Pending', 'InProgress', 'not bound to a volume yet (phase Pending)'], ['Lost', 'InProgress', 'not bound to a volume yet (phase Lost)'], [null, 'InProgress', 'not bound to a volume yet (phase unknown)']])(
    'in phase %s',
    (phase, status, message) => expect(health('v1', 'PersistentVolumeClaim', { status: { phase } })).toMatchObject({ status, message }),
  );
});

describe('a Service', () => {
  test.each([
    [{ type: 'LoadBalancer' }, 'InProgress'],
    [{ type: 'LoadBalancer', clusterIP: '' }, 'InProgress'],
    [{ type: 'LoadBalancer', clusterIP: '10.0.0.1' }, 'Current'],
    [{ type: 'ClusterIP' }, 'Current'],
    [{ type: 'ExternalName' }, 'Current'],
    [{}, 'Current'],
  ])('with %j', (spec, status) => expect(health('v1', 'Service', { spec })).toMatchObject({ status }));
});

test.each([['v1', 'ConfigMap'], ['v1', 'Secret'], ['batch/v1', 'CronJob'], ['policy/v1', 'PodDisruptionBudget'], ['v1', 'Namespace'], ['rbac.authorization.k8s.io/v1', 'Role'], ['networking.k8s.io/v1', 'Ingress']])(
  '%s %s is there, and that is all',
  (apiVersion, kind) => expect(health(apiVersion, kind)).toEqual({ status: 'Current', message: 'there is nothing to wait for' }),
);

test('a kind of the same name in another group is another kind', () => {
  expect(health('example.com/v1', 'Deployment', { status: { conditions: [condition('Ready=True')] } })).toMatchObject({ status: 'Current' });
  expect(health('serving.knative.dev/v1', 'Service', { spec: { type: 'LoadBalancer' }, status: { conditions: [condition('Ready=False/RevisionMissing')] } })).toMatchObject({ status: 'InProgress', reason: 'RevisionMissing' });
});
