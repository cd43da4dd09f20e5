export * from './fleet.js';
export * from './forge.js';
export * from './mirror.js';
export * from './signals.js';
export * from './signatures.js';
export * from './store.js';
export * from './untrusted.js';
export * from './wake.js';
