import type { HttpFinding } from './http-gate.js';
import type { ImagesFinding } from './images-gate.js';
import type { PolicyFinding } from './policy-gate.js';
import type { SecretsFinding } from './secrets-gate.js';
import type { SignaturesFinding } from './signature-gate.js';

/** What an observer found out for a gate. */
export type Finding = PolicyFinding | SecretsFinding | SignaturesFinding | HttpFinding | ImagesFinding | Unfound;

/** Why nothing could be found out. `final`: looking again finds the same (a limit was reached), else it is looked at again. */
export interface Unfound {
  readonly kind: 'unfound';
  readonly message: string;
  readonly final: boolean;
}

/**
 * A finding and what it holds for: a hash of the candidate's digest and the gate as the pipeline has it. While that stays the same, a verdict that is no wait does too, and nobody looks or asks again.
 */
export type BoundFinding = { readonly boundTo: string; readonly finding: Finding } | { readonly boundTo: string; readonly kept: true };
