export { createImageRegistry } from './create-image-registry.js';
