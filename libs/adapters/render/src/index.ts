export { createRenderer, type OwnedRenderer, type RendererOptions } from './create-renderer.js';
