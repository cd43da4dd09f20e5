import type { Health, HealthStatus } from './health.js';
import { condition, health } from './objects.fixture.js';

type Counts = Readonly<Record<string, number>>;
/** What is changed in an object that is as it should be, and what is to be said of it. */
type Case = readonly [counts: Counts, status: HealthStatus, reason: string | undefined, message: string];

const DONE = [condition('Progressing=True/NewReplicaSetAvailable'), condition('Available=True')];

function expectHealth(found: Health, [, status, reason, message]: Case): void {
  expect(found).toEqual({ status, message, ...(reason === undefined ? {} : { reason }) });
}

describe('a Deployment of three', () => {
  const deployment = (counts: Counts, spec: object = { replicas: 3 }, conditions: readonly unknown[] = DONE): Health =>
    health('apps/v1', 'Deployment', { spec, status: { observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 3, readyReplicas: 3, ...counts, conditions } });
  const available = 'available with 3 replicas';
  test.each<Case>([
    [{ replicas: 2 }, 'InProgress', 'LessReplicas', '2 of 3 replicas exist'],
    [{ replicas: 3 }, 'Current', undefined, available],
    [{ replicas: 4 }, 'InProgress', 'ExtraPods', '1 of 4 replicas have still to go'],
    [{ updatedReplicas: 2 }, 'InProgress', 'LessUpdated', '2 of 3 replicas are updated'],
    [{ updatedReplicas: 3 }, 'Current', undefined, available],
    [{ updatedReplicas: 4 }, 'InProgress', 'LessAvailable', '3 of 4 updated replicas are available'],
    [{ updatedReplicas: 4, availableReplicas: 4 }, 'Current', undefined, available],
    [{ availableReplicas: 2 }, 'InProgress', 'LessAvailable', '2 of 3 updated replicas are available'],
    [{ availableReplicas: 4 }, 'Current', undefined, available],
    [{ readyReplicas: 2 }, 'InProgress', 'LessReady', '2 of 3 replicas are ready'],
    [{ readyReplicas: 4 }, 'Current', undefined, available],
    // the first rule counts
    [{ replicas: 2, updatedReplicas: 1, availableReplicas: 0, readyReplicas: 0 }, 'InProgress', 'LessReplicas', '2 of 3 replicas exist'],
    [{ replicas: 4, updatedReplicas: 1 }, 'InProgress', 'LessUpdated', '1 of 3 replicas are updated'],
    [{ availableReplicas: 2, readyReplicas: 2 }, 'InProgress', 'LessAvailable', '2 of 3 updated replicas are available'],
  ])('with %j', (...row: Case) => expectHealth(deployment(row[0]), row));

  test.each([
    ['that does not say how many', {}, { replicas: 1, updatedReplicas: 1, availableReplicas: 1, readyReplicas: 1 }, 'Current'],
    ['that does not say how many, and has none', {}, { replicas: 0, updatedReplicas: 0, availableReplicas: 0, readyReplicas: 0 }, 'InProgress'],
    ['scaled to none', { replicas: 0 }, { replicas: 0, updatedReplicas: 0, availableReplicas: 0, readyReplicas: 0 }, 'Current'],
    ['scaled to none, with one that is left', { replicas: 0 }, { replicas: 1, updatedReplicas: 0, availableReplicas: 0, readyReplicas: 0 }, 'InProgress'],
  ])('or one %s', (_, spec, counts, status) => expect(deployment(counts, spec)).toMatchObject({ status }));

  test.each([
    ['a deadline just below the largest', 2_147_483_646, 'InProgress'],
    ['the largest deadline, which is none', 2_147_483_647, 'Current'],
    ['a deadline above the largest', 2_147_483_648, 'InProgress'],
  ])('with %s and no word of the rollout', (_, progressDeadlineSeconds, status) => {
    expect(deployment({}, { replicas: 3, progressDeadlineSeconds }, [condition('Available=True')])).toMatchObject({ status });
  });
  test.each([
    ['says that it goes on', condition('Progressing=True/ReplicaSetUpdated', 'ReplicaSet "web-1" is progressing.'), 'InProgress', 'the rollout is not complete: ReplicaSet "web-1" is progressing.'],
    ['says that it is paused', condition('Progressing=Unknown/DeploymentPaused'), 'InProgress', 'the rollout is not complete: Progressing is Unknown (DeploymentPaused)'],
    ['gives the right reason but not True', condition('Progressing=Unknown/NewReplicaSetAvailable'), 'InProgress', 'the rollout is not complete: Progressing is Unknown (NewReplicaSetAvailable)'],
    ['says that the deadline is over', condition('Progressing=False/ProgressDeadlineExceeded', 'ReplicaSet "web-2" has timed out progressing.'), 'Failed', 'ReplicaSet "web-2" has timed out progressing.'],
  ])('whose rollout %s', (_, progressing, status, message) => {
    expect(deployment({}, { replicas: 3, progressDeadlineSeconds: 600 }, [progressing, condition('Available=True')])).toMatchObject({ status, message });
  });
  test('is failed by its deadline whatever its counts say', () => {
    expect(deployment({ replicas: 1 }, { replicas: 3 }, [condition('Progressing=False/ProgressDeadlineExceeded')])).toMatchObject({ status: 'Failed', reason: 'ProgressDeadlineExceeded' });
  });
  test.each(['False', 'Unknown', undefined])('that is available: %s', (status) => {
    const conditions = status === undefined ? [DONE[0]] : [DONE[0], condition(`Available=${status}`)];
    expect(deployment({}, { replicas: 3 }, conditions)).toMatchObject({ status: 'InProgress', reason: 'DeploymentNotAvailable' });
  });
});

describe('a StatefulSet of three', () => {
  const statefulSet = (counts: Readonly<Record<string, unknown>>, spec: object = {}): Health =>
    health('apps/v1', 'StatefulSet', { spec: { replicas: 3, ...spec }, status: { observedGeneration: 1, replicas: 3, readyReplicas: 3, currentReplicas: 3, updatedReplicas: 3, currentRevision: 'b', updateRevision: 'b', ...counts } });
  const done = '3 replicas ready at the current revision';
  test.each<Case>([
    [{ replicas: 2 }, 'InProgress', 'LessReplicas', '2 of 3 replicas exist'],
    [{ replicas: 3 }, 'Current', undefined, done],
    [{ replicas: 4 }, 'InProgress', 'ExtraPods', '1 of 4 replicas have still to go'],
    [{ readyReplicas: 2 }, 'InProgress', 'LessReady', '2 of 3 replicas are ready'],
    [{ readyReplicas: 4 }, 'Current', undefined, done],
    [{ currentReplicas: 2 }, 'InProgress', 'LessCurrent', '2 of 3 replicas are at the current revision'],
    [{ currentReplicas: 4 }, 'Current', undefined, done],
    [{ updatedReplicas: 0 }, 'Current', undefined, done],
    [{ replicas: 4, readyReplicas: 2 }, 'InProgress', 'LessReady', '2 of 3 replicas are ready'],
  ])('with %j', (...row: Case) => expectHealth(statefulSet(row[0]), row));

  test.each([
    [{ currentRevision: 'a' }, 'InProgress', 'the update from revision a to b is not complete'],
    [{ currentRevision: null }, 'InProgress', 'the update from revision none to b is not complete'],
    [{ currentRevision: null, updateRevision: null }, 'Current', done],
    [{ currentRevision: '', updateRevision: null }, 'Current', done],
  ])('of the revisions %j', (revisions, status, message) => expect(statefulSet(revisions)).toMatchObject({ status, message }));

  test.each([
    [2, 0, 'InProgress', '0 of 1 replicas above the partition are updated'],
    [2, 1, 'Current', '1 replica updated, all above the partition'],
    [2, 2, 'Current', '2 replicas updated, all above the partition'],
    [0, 2, 'InProgress', '2 of 3 replicas above the partition are updated'],
    [0, 3, 'Current', '3 replicas updated, all above the partition'],
    [3, 0, 'Current', '0 replicas updated, all above the partition'],
    [4, 0, 'Current', '0 replicas updated, all above the partition'],
  ])('with partition %i and %i updated', (partition, updatedReplicas, status, message) => {
    const spec = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } };
    expect(statefulSet({ updatedReplicas, currentReplicas: 0, currentRevision: 'a' }, spec)).toMatchObject({ status, message });
  });
  test('that people update by hand is current whatever it says', () => {
    expect(statefulSet({ replicas: 0, readyReplicas: 0 }, { updateStrategy: { type: 'OnDelete' } })).toMatchObject({ status: 'Current' });
  });
});

describe('a DaemonSet on three nodes', () => {
  const nodes = { desiredNumberScheduled: 3, currentNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3, numberReady: 3 };
  const daemonSet = (counts: Counts): Health => health('apps/v1', 'DaemonSet', { status: { observedGeneration: 1, ...nodes, ...counts } });
  const done = 'runs on 3 of 3 nodes';
  test.each<Case>([
    [{ currentNumberScheduled: 2 }, 'InProgress', 'LessCurrent', '2 of 3 nodes have a Pod'],
    [{ currentNumberScheduled: 3 }, 'Current', undefined, done],
    [{ currentNumberScheduled: 4 }, 'Current', undefined, done],
    [{ updatedNumberScheduled: 2 }, 'InProgress', 'LessUpdated', '2 of 3 nodes have an updated Pod'],
    [{ updatedNumberScheduled: 4 }, 'Current', undefined, done],
    [{ numberAvailable: 2 }, 'InProgress', 'LessAvailable', '2 of 3 nodes have an available Pod'],
    [{ numberAvailable: 4 }, 'Current', undefined, done],
    [{ numberReady: 2 }, 'InProgress', 'LessReady', '2 of 3 nodes have a ready Pod'],
    [{ numberReady: 4 }, 'Current', undefined, done],
    [{ desiredNumberScheduled: 0 }, 'Current', undefined, 'runs on 0 of 0 nodes'],
    [{ currentNumberScheduled: 0, updatedNumberScheduled: 0, numberAvailable: 0, numberReady: 0 }, 'InProgress', 'LessCurrent', '0 of 3 nodes have a Pod'],
    [{ updatedNumberScheduled: 1, numberAvailable: 0 }, 'InProgress', 'LessUpdated', '1 of 3 nodes have an updated Pod'],
  ])('with %j', (...row: Case) => expectHealth(daemonSet(row[0]), row));

  test.each([
    ['metadata.generation', { metadata: { generation: null }, status: { observedGeneration: 1, ...nodes } }, 'NoGeneration'],
    ['status.observedGeneration', { status: nodes }, 'NoObservedGeneration'],
    ['status.desiredNumberScheduled', { status: { observedGeneration: 1, ...nodes, desiredNumberScheduled: null } }, 'NoDesiredNumber'],
  ])('is waited for until there is %s', (_, parts, reason) => expect(health('apps/v1', 'DaemonSet', parts)).toMatchObject({ status: 'InProgress', reason }));
});

describe('a ReplicaSet of three', () => {
  const replicaSet = (counts: Counts, conditions: readonly unknown[] = []): Health =>
    health('apps/v1', 'ReplicaSet', { spec: { replicas: 3 }, status: { observedGeneration: 1, replicas: 3, fullyLabeledReplicas: 3, availableReplicas: 3, readyReplicas: 3, ...counts, conditions } });
  const done = 'available with 3 replicas';
  test.each<Case>([
    [{ fullyLabeledReplicas: 2 }, 'InProgress', 'LessLabelled', '2 of 3 replicas have all labels'],
    [{ fullyLabeledReplicas: 3 }, 'Current', undefined, done],
    [{ fullyLabeledReplicas: 4 }, 'Current', undefined, done],
    [{ availableReplicas: 2 }, 'InProgress', 'LessAvailable', '2 of 3 replicas are available'],
    [{ availableReplicas: 4 }, 'Current', undefined, done],
    [{ readyReplicas: 2 }, 'InProgress', 'LessReady', '2 of 3 replicas are ready'],
    [{ readyReplicas: 4 }, 'Current', undefined, done],
    [{ replicas: 2 }, 'Current', undefined, 'available with 2 replicas'],
    [{ replicas: 4 }, 'InProgress', 'ExtraPods', '1 of 4 replicas have still to go'],
    [{ replicas: 4, readyReplicas: 2, availableReplicas: 1, fullyLabeledReplicas: 0 }, 'InProgress', 'LessLabelled', '0 of 3 replicas have all labels'],
  ])('with %j', (...row: Case) => expectHealth(replicaSet(row[0]), row));

  test.each([['True', 'InProgress'], ['False', 'Current'], ['Unknown', 'Current']])('whose failure to make Pods is %s', (failure, status) => {
    expect(replicaSet({}, [condition(`ReplicaFailure=${failure}/FailedCreate`, 'pods "web" is forbidden: exceeded quota')])).toMatchObject({ status, message: status === 'Current' ? done : 'pods "web" is forbidden: exceeded quota' });
  });
});

test.each(['Deployment', 'DaemonSet', 'ReplicaSet'])('a %s of the old group extensions is judged by the same rule', (kind) => {
  expect(health('extensions/v1beta1', kind)).toEqual(health('apps/v1', kind));
  expect(health('extensions/v1beta1', kind)).toMatchObject({ status: 'InProgress' });
});
