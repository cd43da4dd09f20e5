export { evaluatePolicy, type PolicyInput, type PolicyResult, type Validation } from './evaluate-policy.js';
export { expressionProblem, placeText, type ExpressionProblem } from './expression-problem.js';
export { findSecrets, type PlaintextSecret, type SecretsResult } from './find-secrets.js';
export { findImages, type ImagesResult } from './find-images.js';
