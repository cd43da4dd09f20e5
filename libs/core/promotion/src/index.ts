export * from './digest.js';
export * from './ledger.js';
export * from './model.js';
export * from './request-body.js';
export * from './select-source.js';
export * from './title.js';
export * from './transition.js';
export * from './verdict.js';
