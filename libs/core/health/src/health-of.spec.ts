import { healthOf } from './health-of.js';
import { NOW, condition, health } from './objects.fixture.js';

const done = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1, readyReplicas: 1, conditions: [condition('Available=True')] };

describe('the first rule counts', () => {
  test('an object that is being deleted is terminating whatever else it says', () => {
    const parts = { metadata: { deletionTimestamp: '2026-03-01T11:59:00Z', generation: 2 }, status: { observedGeneration: 1, conditions: [condition('Stalled=True')] } };
    expect(health('apps/v1', 'Deployment', parts)).toEqual({ status: 'Terminating', message: 'is being deleted' });
    expect(health('apps/v1', 'Deployment', { metadata: { deletionTimestamp: '' }, status: done })).toMatchObject({ status: 'Current' });
  });
  test.each([
    [1, 0, 'InProgress'],
    [1, 1, 'Current'],
    [1, 2, 'InProgress'],
    [2, 1, 'InProgress'],
    [null, 1, 'Current'],
    [1, null, 'Current'],
  ])('generation %s of which %s was observed', (generation, observedGeneration, status) => {
    expect(health('apps/v1', 'Deployment', { metadata: { generation }, status: { ...done, observedGeneration } })).toMatchObject({ status });
  });
  test('an older generation says which one was seen', () => {
    expect(health('example.com/v1', 'Shop', { metadata: { generation: 5 }, status: { observedGeneration: 4, conditions: [condition('Stalled=True')] } })).toEqual({
      status: 'InProgress',
      reason: 'LatestGenerationNotObserved',
      message: 'its controller has seen generation 4, not yet 5',
    });
  });
  test.each([
    [['Reconciling=True/Busy', 'Stalled=True/Stuck'], 'InProgress', 'Busy'],
    [['Stalled=True/Stuck', 'Reconciling=True/Busy'], 'Failed', 'Stuck'],
    [['Reconciling=False/Idle', 'Stalled=True/Stuck'], 'Failed', 'Stuck'],
    [['Stalled=Unknown/Hm', 'Reconciling=True/Busy'], 'InProgress', 'Busy'],
    [['Reconciling=False', 'Stalled=False', 'Available=True'], 'Current', undefined],
  ])('of %j the first that is True', (texts, status, reason) => {
    const found = health('apps/v1', 'Deployment', { status: { ...done, conditions: texts.map((text) => condition(text)) } });
    expect([found.status, found.reason]).toEqual([status, reason]);
  });
  test('the rule of a kind comes before Ready', () => {
    expect(health('apps/v1', 'Deployment', { status: { ...done, conditions: [...done.conditions, condition('Ready=False')] } })).toMatchObject({ status: 'Current' });
    expect(health('v1', 'Secret', { status: { conditions: [condition('Ready=False')] } })).toMatchObject({ status: 'Current' });
  });
  test.each([
    ['True', 'Current', 'all is well'],
    ['False', 'InProgress', 'all is well'],
    ['Unknown', 'InProgress', 'all is well'],
    ['Perhaps', 'InProgress', 'all is well'],
  ])('without a rule Ready=%s', (ready, status, message) => {
    expect(health('example.com/v1', 'Shop', { status: { conditions: [condition('Synced=False'), condition(`Ready=${ready}`, 'all is well')] } })).toMatchObject({ status, message });
    expect(health('networking.k8s.io/v1', 'Ingress', { status: { conditions: [condition(`Ready=${ready}`, 'all is well')] } })).toMatchObject({ status, message });
  });
});

describe('a custom resource without conditions', () => {
  test.each([
    ['without a status', {}, 'InProgress'],
    ['with an empty list of conditions', { status: { conditions: [] } }, 'InProgress'],
    ['with a status that says something else', { status: { phase: 'Ready' } }, 'InProgress'],
    ['without a generation', { metadata: { generation: null }, status: { observedGeneration: 1 } }, 'InProgress'],
    ['whose generation was observed', { status: { observedGeneration: 1 } }, 'Current'],
    ['with a condition that is not known', { status: { conditions: [condition('Synced=False')] } }, 'Current'],
  ])('%s', (_, parts, status) => expect(health('example.com/v1', 'Shop', parts)).toMatchObject({ status }));
  test('is told from what Kubernetes brings, also where its group looks like one of Kubernetes', () => {
    expect(health('gateway.networking.k8s.io/v1', 'HTTPRoute')).toMatchObject({ status: 'InProgress', reason: 'NotReported' });
    expect(health('networking.k8s.io/v1', 'NetworkPolicy')).toMatchObject({ status: 'Current' });
  });
});

describe('an object that is none is unknown, with what is wrong', () => {
  const deployment = (parts: object): unknown => ({ apiVersion: 'apps/v1', kind: 'Deployment', ...parts });
  test.each([
    ['nothing', undefined, 'the object is nothing, not a map'],
    ['null', null, 'the object is null, not a map'],
    ['a text', 'kind: Pod', 'the object is a text, not a map'],
    ['a list', [], 'the object is a list, not a map'],
    ['a map without apiVersion', { kind: 'Pod' }, 'apiVersion is missing'],
    ['a map without kind', { apiVersion: 'v1' }, 'kind is missing'],
    ['a kind that is a number', { apiVersion: 'v1', kind: 3 }, 'kind is a number, not a text'],
    ['metadata that is a text', deployment({ metadata: 'x' }), 'metadata is a text, not a map'],
    ['a status that is a text', deployment({ status: 'Ready' }), 'status is a text, not a map'],
    ['a spec that is a list', deployment({ spec: [] }), 'spec is a list, not a map'],
    ['replicas that are a text', deployment({ spec: { replicas: 'x' } }), 'spec.replicas is a text, not a whole number'],
    ['replicas that are a fraction', deployment({ spec: { replicas: 1.5 } }), 'spec.replicas is a number, not a whole number'],
    ['a generation that is a truth value', deployment({ metadata: { generation: true } }), 'metadata.generation is a truth value, not a whole number'],
    ['conditions that are a map', deployment({ status: { conditions: {} } }), 'status.conditions is a map, not a list'],
    ['a condition that is a text', deployment({ status: { conditions: [condition('Available=True'), 'Progressing'] } }), 'status.conditions[1] is a text, not a map'],
    ['a condition whose status is a truth value', deployment({ status: { conditions: [{ type: 'Available', status: true }] } }), 'status.conditions[0].status is a truth value, not a text'],
    ['a deletion at a number', deployment({ metadata: { deletionTimestamp: 5 } }), 'metadata.deletionTimestamp is a number, not a text'],
    ['a ConfigMap with a status that is a text', { apiVersion: 'v1', kind: 'ConfigMap', status: 'x' }, 'status is a text, not a map'],
    ['a Pod with a container that is a text', { apiVersion: 'v1', kind: 'Pod', status: { phase: 'Running', containerStatuses: ['web'] } }, 'status.containerStatuses[0] is a text, not a map'],
  ])('%s', (_, object, message) => expect(healthOf(object, NOW)).toEqual({ status: 'Unknown', reason: 'Malformed', message }));

  test('a field that is null is the same as none', () => {
    expect(healthOf(deployment({ metadata: null, spec: { replicas: null }, status: null }), NOW)).toMatchObject({ status: 'InProgress', message: '0 of 1 replicas exist' });
  });
  test('what is only in the prototype is no field', () => {
    expect(healthOf(Object.create({ apiVersion: 'v1', kind: 'Secret' }), NOW)).toMatchObject({ status: 'Unknown', message: 'apiVersion is missing' });
  });
});

test('text out of a cluster is made fit to be shown', () => {
  const { message } = health('example.com/v1', 'Shop', { status: { conditions: [condition('Ready=False', `no\u001b[31m red\nnext ${'x'.repeat(1_000)}`)] } });
  expect(message).toMatch(/^no\ufffd\[31m red next x+…$/);
  expect(message).toHaveLength(500);
});
