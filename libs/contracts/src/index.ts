export * from './agent.js';
export * from './api.js';
export * from './fields.js';
export * from './freezes.js';
export * from './jobs.js';
export * from './people.js';
export * from './problem.js';
export * from './routes.js';
