export * from './brand.js';
export * from './errors.js';
export * from './ids.js';
export * from './labels.js';
export * from './present.js';
export * from './result.js';
export * from './text.js';
export * from './time.js';
