import type { Value } from '../model.js';
import type { ManifestErrorReason } from './manifest-error.js';

/** A decoded node and the number of nodes it has when every alias below it is expanded. */
export interface ConstructedNode {
  readonly value: Value;
  readonly size: number;
}

/** Reports a fault at an offset of the source. */
export type Refuse = (offset: number, message: string, reason: ManifestErrorReason) => never;
