import { policyExpressionProblem } from './policy-expression.js';

test.each(['objects.all(o, has(o.metadata.labels))', 'size(changes) < 10', 'environment == "prod" || true', 'dyn(true)'])('%s is an expression', (expression) => {
  expect(policyExpressionProblem(expression)).toBeUndefined();
});

test.each([
  ['what is no CEL', 'objects.all(o,\n  o.x ==)', { message: 'Unexpected token: RPAREN', line: 2, column: 9 }],
  ['a variable that there is not', 'objects.all(o, foo.x)', { message: 'Unknown variable: foo', line: 1, column: 16 }],
  ['types that do not go together', 'application == 1', { message: 'no such overload: string == int', line: 1, column: 1 }],
  ['what gives no truth value', 'size(objects)', { message: 'gives int, but must give true or false' }],
  ['nothing', '', { message: expect.any(String) }],
  ['too deep a nesting', `${'('.repeat(200)}true${')'.repeat(200)}`, { message: expect.stringMatching(/depth/i) }],
  ['too many nodes', Array(1_300).fill('1').join('<'), { message: expect.stringMatching(/nodes|depth/i) }],
  ['too long a text', 'true || '.repeat(1_000), { message: 'must not be longer than 4000 characters' }],
])('%s is refused, with its place', (_, expression, problem) => {
  expect(policyExpressionProblem(expression)).toMatchObject(problem);
});
