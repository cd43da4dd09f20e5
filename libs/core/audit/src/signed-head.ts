import { canonicalJson, type ChainPoint } from './chain.js';

/** The chain's end at a time, signed: what a cut-off end and a rewritten past are found with. */
export interface SignedHead extends ChainPoint {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Names the public key: the first 16 hex digits of its SHA-256. */
  readonly key: string;
  /** Ed25519 over {@link signedText}, base64. */
  readonly signature: string;
}

/** Whether a signature is right: given by the caller, because core knows no keys. `unknown`: the key is not known. */
export type VerifySignature = (key: string, text: string, signature: string) => 'right' | 'wrong' | 'unknown';

/** The bytes (UTF-8) that are signed for a head. */
export function signedText({ sequence, hash, at, key }: Omit<SignedHead, 'signature'>): string {
  return canonicalJson({ kind: 'sluice-audit-head-v1', sequence, hash, at, key });
}
