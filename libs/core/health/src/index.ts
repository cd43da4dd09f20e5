export { aggregate, type AggregateStatus } from './aggregate.js';
export { HEALTH_VARIABLES, type HealthExpressions } from './expressions.js';
export type { Health, HealthStatus } from './health.js';
export { healthOf } from './health-of.js';
