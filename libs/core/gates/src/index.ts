export * from './approvals.js';
export * from './evaluate.js';
export * from './findings.js';
export * from './liveness.js';
export * from './observations.js';
export * from './principals.js';
export type { CommitProblem } from './signature-gate.js';
export * from './verdicts.js';
