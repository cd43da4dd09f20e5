import { createHash, randomBytes } from 'node:crypto';

/** What a secret is for; the prefix lets secret scanners and people tell them apart. */
export type SecretPurpose = 'token' | 'session' | 'login-link' | 'login-code' | 'join';

const PREFIX: Readonly<Record<SecretPurpose, string>> = { token: 'slt_', session: 'sls_', 'login-link': 'sll_', 'login-code': 'slc_', join: 'slj_' };

/** A new secret: 256 random bits, so that a plain hash of it is as good as a slow one. */
export function mintSecret(purpose: SecretPurpose): string {
  return PREFIX[purpose] + randomBytes(32).toString('base64url');
}

/** SHA-256 as hex: the only form in which a secret is stored or compared. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
