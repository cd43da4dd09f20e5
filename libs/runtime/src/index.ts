export * from './transaction-scope.js';
