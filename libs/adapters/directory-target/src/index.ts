export * from './directory-target.js';
