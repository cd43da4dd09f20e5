export { auditWitnessIn } from './audit-witness.js';
export * from './audit-log.js';
export * from './begin-anew.js';
export * from './expire-audit.js';
export * from './read-audit.js';
export * from './sign-audit.js';
export * from './verify-audit.js';
