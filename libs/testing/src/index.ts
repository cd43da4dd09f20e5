export * from './forge-contract.js';
export * from './fake-wake-store.js';
export * from './services.js';
export * from './services-combinations.js';
export * from './services-postgres.js';
export * from './services-redis.js';
export * from './store-contract.js';
export * from './store-samples.js';
