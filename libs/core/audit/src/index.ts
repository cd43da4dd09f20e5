export * from './audit-entry.js';
export * from './chain.js';
export * from './check-chain.js';
export * from './signed-head.js';
