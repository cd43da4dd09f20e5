import { expressionProblem } from '@sluice/cel';
import { HEALTH_VARIABLES, type HealthExpressions } from './expressions.js';
import { healthOf } from './health-of.js';
import { NOW, condition, health, kubeObject, type Parts } from './objects.fixture.js';

const shop = (expressions: Partial<HealthExpressions>): HealthExpressions => ({ apiVersion: 'example.com/v1', kind: 'Shop', ...expressions });
const phases = shop({ inProgress: "object.status.phase == 'Opening'", failed: "object.status.phase in ['Broken', 'Closed']", current: "object.status.phase == 'Open'" });
const judge = (expressions: HealthExpressions, parts: Parts) => health('example.com/v1', 'Shop', parts, [expressions]);

describe('a user says in CEL what a custom resource is', () => {
  test.each([
    ['Open', 'Current', "it is true that: object.status.phase == 'Open'"],
    ['Opening', 'InProgress', "in progress, as it is true that: object.status.phase == 'Opening'"],
    ['Broken', 'Failed', "failed, as it is true that: object.status.phase in ['Broken', 'Closed']"],
    ['Painted', 'InProgress', "waits for: object.status.phase == 'Open'"],
  ])('in phase %s it is %s', (phase, status, message) => expect(judge(phases, { status: { phase } })).toMatchObject({ status, message }));

  test.each([
    ['in progress', 'true', 'true', 'InProgress'],
    ['failed', 'false', 'true', 'Failed'],
    ['current', 'false', 'false', 'Current'],
  ])('of several that are true the first one counts: %s', (_, inProgress, failed, status) => {
    expect(judge(shop({ inProgress, failed, current: 'true' }), {})).toMatchObject({ status });
  });
  test('numbers, lists and fields that may be absent can be asked for', () => {
    const current = "object.?status.?ready.orValue(0) >= object.spec.replicas && object.metadata.generation == 1 && object.spec.load < 0.5";
    expect(judge(shop({ current }), { spec: { replicas: 2, load: 0.25 } })).toMatchObject({ status: 'InProgress' });
    expect(judge(shop({ current }), { spec: { replicas: 2, load: 0.25 }, status: { ready: 2 } })).toMatchObject({ status: 'Current' });
  });
});

describe('expressions stand in their place among the rules', () => {
  test('after being deleted and after the generation', () => {
    expect(judge(shop({ current: 'true' }), { metadata: { deletionTimestamp: '2026-03-01T00:00:00Z' } })).toMatchObject({ status: 'Terminating' });
    expect(judge(shop({ failed: 'true' }), { metadata: { generation: 2 }, status: { observedGeneration: 1 } })).toMatchObject({ status: 'InProgress' });
  });
  test('before Stalled and Ready, which may mean something else there', () => {
    expect(judge(shop({ current: 'true' }), { status: { conditions: [condition('Stalled=True'), condition('Ready=False')] } })).toMatchObject({ status: 'Current' });
  });
  test('without an expression for current the common rules go on where none is true', () => {
    const failed = shop({ failed: "object.?status.?phase.orValue('') == 'Broken'" });
    expect(judge(failed, { status: { conditions: [condition('Ready=True')] } })).toMatchObject({ status: 'Current' });
    expect(judge(failed, {})).toMatchObject({ status: 'InProgress', reason: 'NotReported' });
    expect(judge(failed, { status: { phase: 'Broken', conditions: [condition('Ready=True')] } })).toMatchObject({ status: 'Failed' });
  });
  test('for their own kind and version only', () => {
    expect(health('example.com/v2', 'Shop', {}, [shop({ failed: 'true' })])).toMatchObject({ status: 'InProgress' });
    expect(health('example.com/v1', 'Shelf', {}, [shop({ failed: 'true' })])).toMatchObject({ status: 'InProgress' });
    expect(health('example.com/v1', 'Shelf', {}, [shop({ failed: 'true' }), { apiVersion: 'example.com/v1', kind: 'Shelf', current: 'true' }])).toMatchObject({ status: 'Current' });
  });
});

describe('an expression that cannot be evaluated gives Unknown', () => {
  test.each([
    ['a field that is not there', { current: "object.status.phase == 'Open'" }, 'the expression for current cannot be evaluated at character 8: No such key: status'],
    ['what is no CEL', { current: 'true', failed: 'object ==' }, /^the expression for failed cannot be evaluated.*Unexpected token/],
    ['a variable that there is not', { current: 'self.ready' }, /Unknown variable: self/],
    ['no truth value', { inProgress: 'object.kind' }, 'the expression for inProgress cannot be evaluated: gives neither true nor false'],
  ])('for %s', (_, expressions, message) => {
    expect(judge(shop(expressions), {})).toMatchObject({ status: 'Unknown', reason: 'ExpressionError', message: typeof message === 'string' ? message : expect.stringMatching(message) });
  });
  test('for an object that is nested too deeply', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 200_000; depth++) deep = [deep];
    expect(healthOf({ ...kubeObject('example.com/v1', 'Shop'), spec: deep }, NOW, [phases])).toMatchObject({ status: 'Unknown', reason: 'Malformed' });
  });
});

test('expressions can be checked before they are used', () => {
  expect(expressionProblem("object.status.phase == 'Open'", HEALTH_VARIABLES)).toBeUndefined();
  expect(expressionProblem('objects.size() > 0', HEALTH_VARIABLES)).toBeDefined();
});
