import { condition, health, type Parts } from './objects.fixture.js';
import type { HealthStatus } from './health.js';

/*
 * The cases of kubernetes-sigs/cli-utils, pkg/kstatus/status/status_compute_test.go, told in our own words: what the object says, and what is to come of it. Where we
 * answer differently on purpose the case says so.
 */
type Case = readonly [name: string, parts: Parts, status: HealthStatus, reason?: string];

const observed = (status: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({ observedGeneration: 1, ...status });
const conditions = (...texts: string[]): { readonly conditions: readonly unknown[] } => ({ conditions: texts.map((text) => condition(text)) });

const crashing = { containerStatuses: [{ name: 'nginx', state: { waiting: { reason: 'CrashLoopBackOff' } } }] };
const FOUR_NODES = { desiredNumberScheduled: 4, currentNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: 4, numberReady: 4 };
const ONE_REPLICA = { updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, replicas: 1 };
const TWO_REPLICAS = { replicas: 2, readyReplicas: 2, availableReplicas: 2, fullyLabeledReplicas: 2 };
const FOUR_REPLICAS = { replicas: 4, readyReplicas: 4, availableReplicas: 4, fullyLabeledReplicas: 4 };
const FOUR_STATEFUL = { currentReplicas: 4, readyReplicas: 4, replicas: 4 };
const want = (replicas: number): { readonly replicas: number } => ({ replicas });

const TABLE: readonly (readonly [apiVersion: string, kind: string, cases: readonly Case[]])[] = [
  ['v1', 'Pod', [
    ['without a status', {}, 'InProgress', 'PodNotObserved'],
    ['running and ready', { status: { phase: 'Running', ...conditions('Ready=True') } }, 'Current'],
    ['succeeded', { status: { phase: 'Succeeded', ...conditions('Ready=False/PodCompleted') } }, 'Current'],
    ['failed', { status: { phase: 'Failed', ...conditions('Ready=False/PodCompleted') } }, 'Current'],
    ['without a node, just created', { metadata: { creationTimestamp: '2026-03-01T12:00:00Z' }, status: { phase: 'Pending', ...conditions('PodScheduled=False/Unschedulable') } }, 'InProgress', 'PodNotScheduled'],
    ['without a node, created nobody knows when', { status: { phase: 'Pending', ...conditions('PodScheduled=False/Unschedulable') } }, 'Failed', 'PodUnschedulable'],
    ['with a container that crashes', { status: { phase: 'Running', ...conditions('PodScheduled=False/Unschedulable'), ...crashing } }, 'Failed', 'ContainerCrashLooping'],
  ]],
  ['v1', 'PersistentVolumeClaim', [
    ['without a status', {}, 'InProgress', 'NotBound'],
    ['bound', { status: { phase: 'Bound' } }, 'Current'],
  ]],
  ['apps/v1', 'StatefulSet', [
    ['without a status', {}, 'InProgress', 'LessReplicas'],
    ['with a status that says nearly nothing', { status: observed({ currentReplicas: 1 }) }, 'InProgress', 'LessReplicas'],
    ['with all replicas', { spec: want(4), status: observed(FOUR_STATEFUL) }, 'Current'],
    ['with two of four ready', { spec: want(4), status: observed({ ...FOUR_STATEFUL, readyReplicas: 2 }) }, 'InProgress', 'LessReady'],
    ['with two of four at the current revision', { spec: want(4), status: observed({ ...FOUR_STATEFUL, currentReplicas: 2 }) }, 'InProgress', 'LessCurrent'],
    ['with eight instead of four', { spec: want(4), status: observed({ ...FOUR_STATEFUL, replicas: 8 }) }, 'InProgress', 'ExtraPods'],
  ]],
  ['apps/v1', 'DaemonSet', [
    ['without a status', {}, 'InProgress', 'NoObservedGeneration'],
    ['with a status that does not count nodes', { status: observed({ currentReplicas: 1 }) }, 'InProgress', 'NoDesiredNumber'],
    ['on all nodes', { status: observed(FOUR_NODES) }, 'Current'],
    ['of which an older generation was observed', { metadata: { generation: 2 }, status: observed(FOUR_NODES) }, 'InProgress', 'LatestGenerationNotObserved'],
    ['ready on two of four nodes', { status: observed({ ...FOUR_NODES, numberReady: 2 }) }, 'InProgress', 'LessReady'],
    ['available on two of four nodes', { status: observed({ ...FOUR_NODES, numberAvailable: 2 }) }, 'InProgress', 'LessAvailable'],
  ]],
  ['apps/v1', 'Deployment', [
    ['without a status', {}, 'InProgress', 'LessReplicas'],
    ['rolled out and available', { status: observed({ ...ONE_REPLICA, ...conditions('Progressing=True/NewReplicaSetAvailable', 'Available=True') }) }, 'Current'],
    ['with a deadline and no progress', { spec: { progressDeadlineSeconds: 45 }, status: observed({ ...ONE_REPLICA, ...conditions('Progressing=False/SomeReason', 'Available=True') }) }, 'InProgress', 'ReplicaSetNotAvailable'],
    ['without a deadline', { status: observed({ ...ONE_REPLICA, ...conditions('Available=True') }) }, 'Current'],
    ['not available', { status: observed({ ...ONE_REPLICA, ...conditions('Progressing=True/NewReplicaSetAvailable', 'Available=False') }) }, 'InProgress', 'DeploymentNotAvailable'],
  ]],
  ['apps/v1', 'ReplicaSet', [
    ['without a status', {}, 'InProgress', 'LessLabelled'],
    ['with all replicas and no failure', { spec: want(2), status: observed({ ...TWO_REPLICAS, ...conditions('ReplicaFailure=False') }) }, 'Current'],
    ['with all replicas and no conditions', { spec: want(2), status: observed(TWO_REPLICAS) }, 'Current'],
    ['with two of four ready', { spec: want(4), status: observed({ ...FOUR_REPLICAS, readyReplicas: 2 }) }, 'InProgress', 'LessReady'],
    ['with two of four available', { spec: want(4), status: observed({ ...FOUR_REPLICAS, availableReplicas: 2 }) }, 'InProgress', 'LessAvailable'],
    ['that cannot create Pods', { spec: want(4), status: observed({ ...FOUR_REPLICAS, ...conditions('ReplicaFailure=True') }) }, 'InProgress', 'ReplicaFailure'],
  ]],
  ['policy/v1beta1', 'PodDisruptionBudget', [
    ['of which an older generation was observed', { metadata: { generation: 2 }, status: observed() }, 'InProgress', 'LatestGenerationNotObserved'],
    ['that was observed', { status: observed() }, 'Current'],
  ]],
  ['something/v1', 'MyCR', [
    ['without a status (current there; here a controller must have looked at it)', {}, 'InProgress', 'NotReported'],
    ['of which an older generation was observed', { metadata: { generation: 2 }, status: observed() }, 'InProgress', 'LatestGenerationNotObserved'],
    ['that is ready', { status: conditions('Ready=True/AllOk') }, 'Current'],
    ['that is not ready', { status: observed(conditions('Ready=False/NotReadyYet')) }, 'InProgress', 'NotReadyYet'],
    ['with a condition that nobody knows', { status: conditions('SomeCondition=False') }, 'Current'],
  ]],
  ['batch/v1', 'Job', [
    ['without a status', {}, 'InProgress', 'JobNotStarted'],
    ['that is complete', { status: { succeeded: 1, active: 0, ...conditions('Complete=True') } }, 'Current'],
    ['that failed', { spec: { completions: 4 }, status: { succeeded: 3, failed: 1, ...conditions('Failed=True/JobFailed') } }, 'Failed', 'JobFailed'],
    ['that runs (current there; here a promotion waits for it)', { spec: { completions: 10, parallelism: 2 }, status: { startTime: '2019-06-04T01:17:13Z', succeeded: 3, failed: 1, active: 2, ...conditions('Failed=False', 'Complete=False') } }, 'InProgress', 'JobRunning'],
  ]],
  ['batch/v1', 'CronJob', [
    ['without a status', {}, 'Current'],
    ['with an empty status', { status: null }, 'Current'],
  ]],
  ['v1', 'Service', [
    ['of no type', {}, 'Current'],
    ['with a port on every node', { spec: { type: 'NodePort' } }, 'Current'],
    ['with a load balancer and an address', { spec: { type: 'LoadBalancer', clusterIP: '1.2.3.4' } }, 'Current'],
    ['with a load balancer and no address', { spec: { type: 'LoadBalancer' } }, 'InProgress', 'NoIPAssigned'],
  ]],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', [
    ['without conditions', {}, 'InProgress', 'Installing'],
    ['that is being installed', { status: conditions('NamesAccepted=True/NoConflicts', 'Established=False/Installing') }, 'InProgress', 'Installing'],
    ['whose names are taken', { status: conditions('NamesAccepted=False/SomeReason') }, 'Failed', 'SomeReason'],
    ['that is established', { status: conditions('NamesAccepted=True/NoConflicts', 'Established=True/InitialNamesAccepted') }, 'Current'],
  ]],
];

describe.each(TABLE)('%s %s', (apiVersion, kind, cases) => {
  test.each(cases.map((each) => [each[0], each] as const))('%s', (_, [, parts, status, reason]) => {
    const { message, ...verdict } = health(apiVersion, kind, parts);
    expect(verdict).toMatchObject({ status, ...(reason === undefined ? {} : { reason }) });
    expect(message).not.toBe('');
  });
});

test('the table has the 53 cases of kstatus', () => {
  expect(TABLE.flatMap(([, , cases]) => cases)).toHaveLength(53);
});
