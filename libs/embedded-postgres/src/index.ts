export type { EmbeddedPoolOptions } from './create-pool.js';
export { FolderLocked } from './folder-locked.js';
export { lockFolder, type FolderLock } from './lock-folder.js';
export { openEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './open-embedded-postgres.js';
export type { EmbeddedLog } from './switchboard.js';
