import type { Value } from '../model.js';

/** The three versions of a node; absent ones are `undefined`. */
export interface Sides {
  readonly base: Value | undefined;
  readonly source: Value | undefined;
  readonly target: Value | undefined;
}
