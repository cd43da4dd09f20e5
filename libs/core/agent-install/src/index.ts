export * from './agent-install.js';
export * from './agent-manifests.js';
export * from './check-install.js';
export * from './helm-values.js';
export * from './removal-manifests.js';
