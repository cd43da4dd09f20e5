import type { Aspect, DocumentPath } from './source/location.js';

/** An error with the entry that it is about; the caller turns it into a Diagnostic with line and column. */
export interface Finding {
  readonly path: DocumentPath;
  readonly message: string;
  /** Default `value`. */
  readonly aspect?: Aspect;
}
