export * from './environment.js';
export * from './lifeline.js';
export * from './logger.js';
export * from './metrics.js';
export * from './transaction-scope.js';
