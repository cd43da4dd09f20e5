export * from './model.js';
export { checkGlob } from './glob-syntax.js';
export { globsOverlap, overlapExample } from './glob-overlap.js';
export { compileSelection, type Coverage, type Selection } from './selection.js';
