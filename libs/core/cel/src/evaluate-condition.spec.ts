import { celValue } from './cel-value.js';
import { evaluateCondition } from './evaluate-condition.js';
import { expressionProblem } from './expression-problem.js';

const VARIABLES = { object: 'dyn' };
const evaluate = (expression: string, object: unknown) => evaluateCondition(expression, VARIABLES, { object: celValue(object) });

test.each([
  ['a text', 'object.phase == "Ready"', { phase: 'Ready' }, true],
  ['a whole number, which is an int', 'object.ready >= 2', { ready: 2 }, true],
  ['a fraction, which is a double', 'object.load < 0.5', { load: 0.75 }, false],
  ['a list of maps', 'object.conditions.exists(c, c.type == "Ready" && c.status == "True")', { conditions: [{ type: 'Ready', status: 'True' }] }, true],
  ['a decoded manifest', 'object.spec.replicas == 3', new Map([['spec', new Map([['replicas', 3]])]]), true],
  ['a field that is not there', 'has(object.status)', {}, false],
  ['a field that may be absent', 'object.?status.?phase.orValue("none") == "none"', {}, true],
  ['a field with the name of one of JavaScript', 'has(object.constructor) || has(object.toString)', {}, false],
])('a condition looks at %s', (_, expression, object, held) => {
  expect(evaluate(expression, object)).toEqual({ ok: true, value: held });
});

test.each([
  ['names a field that is not there', 'object.status.phase == "Ready"', 'No such key: status'],
  ['is no CEL', 'object.status ==', 'Unexpected token: EOF'],
  ['gives a number', 'object.n', 'gives neither true nor false'],
])('a condition that %s has no answer', (_, expression, message) => {
  expect(evaluate(expression, { n: 1 })).toMatchObject({ ok: false, error: { message } });
});

test('an expression is checked against the variables that it may name', () => {
  expect(expressionProblem('object.phase == "Ready"', VARIABLES)).toBeUndefined();
  expect(expressionProblem('objects.all(o, true)', VARIABLES)).toMatchObject({ message: 'Unknown variable: objects', column: 1 });
});
