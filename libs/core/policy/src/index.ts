export { evaluatePolicy, type PolicyInput, type PolicyResult, type Validation } from './evaluate-policy.js';
export { policyExpressionProblem } from './policy-expression.js';
export { findSecrets, type PlaintextSecret, type SecretsResult } from './find-secrets.js';
export { findImages, type ImagesResult } from './find-images.js';
export { chooseTag, sayPolicy, semverRangeProblem, type ImagePolicy } from './choose-tag.js';
export { imageNameProblem } from './image-name.js';
export type { WantedImage } from './judge-image.js';
export { updateImages, type ImagesUpdate } from './update-images.js';
