export * from './ledger.js';
export * from './model.js';
export * from './verdict.js';
