import { expressionProblem, type ExpressionProblem } from '@sluice/cel';

/** What an expression may name. Objects are as they are in the file: fields that may be absent are asked for with `has()` or `.?`. */
export const POLICY_VARIABLES = {
  objects: 'list<dyn>',
  changes: 'list<dyn>',
  application: 'string',
  environment: 'string',
  source: 'map<string, string>',
} as const;

export type PolicyVariable = keyof typeof POLICY_VARIABLES;

/** Why a text is no CEL expression of a policy; undefined when it is one. Bounded in memory, but not in time: run text of strangers in the sandbox. */
export function policyExpressionProblem(expression: string): ExpressionProblem | undefined {
  return expressionProblem(expression, POLICY_VARIABLES);
}
