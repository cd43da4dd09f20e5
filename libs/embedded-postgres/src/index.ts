export type { EmbeddedPoolOptions } from './create-pool.js';
export { openEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './open-embedded-postgres.js';
export { PreparingClient } from './preparing-client.js';
export type { EmbeddedLog } from './switchboard.js';
