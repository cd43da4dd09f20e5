/** What Nest's container gives out that is not a class. */
export const SETTINGS = Symbol('settings');
export const LOG = Symbol('log');
export const PORTS = Symbol('ports');
export const METRICS = Symbol('metrics');
