export { ForgeDouble, type DoubleOptions } from './base/forge-double.js';
export type { Account, Grant } from './base/accounts.js';
export type { Delivery } from './base/deliveries.js';
export type { DoubleRepository } from './base/double-repository.js';
export type { StoredRequest } from './base/records.js';
export type { Fault, FaultRule } from './base/faults.js';
export type { SeenCall } from './base/call-log.js';
export { EVERY_PERMISSION, type GithubDouble, startGithubDouble } from './github/github-double.js';
