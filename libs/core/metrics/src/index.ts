export * from './delivery-report.js';
export * from './facts.js';
export * from './figures.js';
export { outcomeOf, type Failure, type Outcome } from './outcome.js';
export * from './period.js';
