import { instant } from '@sluice/kernel';
import fc from 'fast-check';
import { aggregate, type AggregateStatus } from './aggregate.js';
import { healthOf } from './health-of.js';
import type { HealthExpressions } from './expressions.js';
import type { HealthStatus } from './health.js';

const RUNS = { numRuns: 2_000 };
const STATUSES: readonly HealthStatus[] = ['Current', 'InProgress', 'Failed', 'Terminating', 'Unknown'];
const KINDS = ['v1/Pod', 'v1/Service', 'v1/Secret', 'v1/PersistentVolumeClaim', 'apps/v1/Deployment', 'apps/v1/StatefulSet', 'apps/v1/DaemonSet', 'apps/v1/ReplicaSet', 'batch/v1/Job', 'apiextensions.k8s.io/v1/CustomResourceDefinition', 'example.com/v1/Shop'];
const FIELDS = [
  'conditions', 'observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'currentReplicas', 'fullyLabeledReplicas', 'desiredNumberScheduled', 'currentNumberScheduled',
  'numberReady', 'phase', 'startTime', 'succeeded', 'containerStatuses', 'currentRevision', 'updateStrategy', 'progressDeadlineSeconds', 'type', 'clusterIP', '__proto__', 'constructor',
];
const EXPRESSIONS: readonly HealthExpressions[] = [{ apiVersion: 'example.com/v1', kind: 'Shop', failed: "object.status.phase == 'Failed'", current: 'object.?status.?replicas.orValue(0) > 1' }];

/** Mostly what the API has there, sometimes anything. */
const condition = fc.record({ type: fc.constantFrom('Ready', 'Stalled', 'Reconciling', 'Progressing', 'Available', 'Complete', 'Failed', 'PodScheduled', 'Established'), status: fc.constantFrom('True', 'False', 'Unknown'), reason: fc.constantFrom('Unschedulable', 'ProgressDeadlineExceeded', 'NewReplicaSetAvailable', '') }, { requiredKeys: ['type', 'status'] });
const field = fc.oneof({ weight: 4, arbitrary: fc.nat(4) }, { weight: 3, arbitrary: fc.array(condition, { maxLength: 4 }) }, { weight: 2, arbitrary: fc.constantFrom('Running', 'Pending', 'Bound', 'LoadBalancer', '2026-03-01T12:00:00Z') }, { weight: 1, arbitrary: fc.jsonValue() });
const fields = fc.dictionary(fc.constantFrom(...FIELDS), field, { maxKeys: 12 });
const anything = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ weight: 8, arbitrary }, { weight: 1, arbitrary: fc.jsonValue() });

const object = fc.tuple(fc.constantFrom(...KINDS), anything(fc.record({ generation: field, creationTimestamp: field, deletionTimestamp: field }, { requiredKeys: [] })), anything(fields), anything(fields)).map(([name, metadata, spec, status]) => {
  const cut = name.lastIndexOf('/');
  return { apiVersion: name.slice(0, cut), kind: name.slice(cut + 1), metadata, spec, status };
});
const now = fc.integer({ min: Date.parse('2026-03-01T11:59:00Z'), max: Date.parse('2026-03-01T12:01:00Z') }).map((at) => instant(at));

describe('whatever a cluster sends', () => {
  test.each([
    ['an object with the fields of the API', object],
    ['any JSON', fc.jsonValue()],
    ['any value', fc.anything()],
  ])('%s has a health, with a message on one line', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, now, (value, at) => {
        const found = healthOf(value, at, EXPRESSIONS);
        expect(STATUSES).toContain(found.status);
        expect(found.message).toMatch(/^[^\n]+$/);
        if (found.lookAgainAt !== undefined) expect(found.lookAgainAt).toBeGreaterThan(at);
      }),
      RUNS,
    );
  });
  test('the same object at the same time has the same health, and stays as it is', () => {
    fc.assert(
      fc.property(object, now, (value, at) => {
        const before = structuredClone(value);
        expect(healthOf(value, at, EXPRESSIONS)).toEqual(healthOf(structuredClone(value), at, EXPRESSIONS));
        expect(value).toEqual(before);
      }),
      RUNS,
    );
  });
  test('the health changes with time only where it says when', () => {
    fc.assert(
      fc.property(object, now, fc.nat(120_000), (value, at, passed) => {
        const [before, after] = [healthOf(value, at), healthOf(value, instant(at + passed))];
        if (before.lookAgainAt === undefined || at + passed < before.lookAgainAt) expect(after).toEqual(before);
      }),
      RUNS,
    );
  });
});

describe('of several objects together', () => {
  const WORSE: readonly AggregateStatus[] = ['Current', 'InProgress', 'Unknown', 'Failed'];
  const rank = (status: AggregateStatus): number => WORSE.indexOf(status);
  const statuses = fc.array(fc.constantFrom(...STATUSES));

  test.each<[HealthStatus[], AggregateStatus]>([
    [[], 'Current'],
    [['Current', 'Current'], 'Current'],
    [['Current', 'InProgress'], 'InProgress'],
    [['Current', 'Terminating'], 'InProgress'],
    [['InProgress', 'Unknown', 'Terminating'], 'Unknown'],
    [['Unknown', 'Failed', 'InProgress', 'Current'], 'Failed'],
  ])('%j is %s', (several, status) => expect(aggregate(several)).toBe(status));

  test('one more never makes it better, and the order does not matter', () => {
    fc.assert(
      fc.property(statuses, fc.constantFrom(...STATUSES), (several, one) => {
        expect(rank(aggregate([...several, one]))).toBe(Math.max(rank(aggregate(several)), rank(aggregate([one]))));
        expect(aggregate([...several].reverse())).toBe(aggregate(several));
      }),
      RUNS,
    );
  });
});
