export * from './approvals.js';
export * from './evaluate.js';
export { isFrozen, isInForce, sayFreeze, type Freeze } from './freeze.js';
export * from './liveness.js';
export * from './observations.js';
export { isOverridden, overrideObstacle } from './override.js';
export * from './principals.js';
export * from './verdicts.js';
