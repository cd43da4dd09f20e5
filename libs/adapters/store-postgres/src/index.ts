export { createStore, type Store, type StoreOptions } from './create-store.js';
export type { Maintenance, MaintenanceReport, Retention } from './maintenance.js';
export { migrate } from './migrate.js';
export { createPostgresPool, type PostgresPoolOptions } from './postgres-pool.js';
export { StoreFault } from './store-fault.js';
