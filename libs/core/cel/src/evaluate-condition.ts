import { err, ok, type Result } from '@sluice/kernel';
import { celEnvironment, type CelVariables } from './cel-environment.js';
import { describeCelError, type ExpressionProblem } from './expression-problem.js';

/**
 * What an expression says of values; an error where it cannot be evaluated (a field that is not there) or gives no truth value. Never throws.
 * Bounded neither in time nor in memory: run text of strangers in the sandbox.
 */
export function evaluateCondition(expression: string, variables: CelVariables, values: Readonly<Record<string, unknown>>): Result<boolean, ExpressionProblem> {
  try {
    const held: unknown = celEnvironment(variables).evaluate(expression, values);
    return typeof held === 'boolean' ? ok(held) : err({ message: 'gives neither true nor false' });
  } catch (error) {
    return err(describeCelError(error, expression));
  }
}
