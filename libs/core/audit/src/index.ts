export * from './audit-entry.js';
export * from './chain.js';
export * from './check-chain.js';
export { BEGUN_ANEW, begunAnewIn, begunAnewValue, unexplainedHead, type BegunAnew, type EarlierChain, type SeenHead } from './earlier-chain.js';
export * from './signed-head.js';
