export type { CelVariables } from './cel-environment.js';
export { celValue } from './cel-value.js';
export { evaluateCondition } from './evaluate-condition.js';
export { expressionProblem, placeText, type ExpressionProblem } from './expression-problem.js';
