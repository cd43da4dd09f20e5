export * from './ports/target.js';
