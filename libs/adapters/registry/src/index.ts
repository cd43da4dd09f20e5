export { createImageRegistry } from './create-image-registry.js';
export { createImageTags } from './create-image-tags.js';
