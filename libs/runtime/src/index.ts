export * from './environment.js';
export { FolderLocked } from './folder-locked.js';
export * from './lifeline.js';
export { lockFolder, type FolderLock } from './lock-folder.js';
export * from './logger.js';
export { makeFolder } from './make-folder.js';
export * from './metrics.js';
export * from './sealed.js';
export * from './transaction-scope.js';
