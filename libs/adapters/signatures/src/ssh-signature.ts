import { createHash } from 'node:crypto';
import type { SignatureState } from '@sluice/usecases';
import type { SshKey } from './ssh-key.js';
import { SshWire, sshString } from './ssh-wire.js';

const ARMOUR = /^-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+)-----END SSH SIGNATURE-----\s*$/;
const MAGIC = 'SSHSIG';
/** What git says that a signature is for: one over a file or a message is none over a commit. */
const NAMESPACE = 'git';
const HASHES = ['sha256', 'sha512'];

export const SSH_ARMOUR = '-----BEGIN SSH SIGNATURE-----';

/** Checks a signature as `ssh-keygen -Y sign -n git` makes it (OpenSSH's PROTOCOL.sshsig). */
export function verifySshSignature(payload: Buffer, armoured: string, keys: readonly SshKey[]): SignatureState {
  const base64 = ARMOUR.exec(armoured)?.[1];
  if (base64 === undefined) return malformed();
  try {
    return verifyBlob(payload, Buffer.from(base64, 'base64'), keys);
  } catch {
    return malformed();
  }
}

function verifyBlob(payload: Buffer, blob: Buffer, keys: readonly SshKey[]): SignatureState {
  const wire = new SshWire(blob);
  if (wire.take(MAGIC.length).toString('latin1') !== MAGIC || wire.uint32() !== 1) return malformed();
  const [publicKey, namespace, reserved, hash, signature] = [wire.string(), wire.text(), wire.string(), wire.text(), wire.string()];
  wire.end();
  if (namespace !== NAMESPACE || !HASHES.includes(hash)) return malformed();
  const key = keys.find((candidate) => candidate.blob.equals(publicKey));
  if (!key) return { kind: 'untrusted', message: `is signed with a key that is not among the gate's (${fingerprint(publicKey)})` };
  const digest = createHash(hash).update(payload).digest();
  const signed = Buffer.concat([Buffer.from(MAGIC), sshString(namespace), sshString(reserved), sshString(hash), sshString(digest)]);
  return key.verify(signed, signature) ? { kind: 'trusted' } : { kind: 'untrusted', message: 'has a signature that is not over this commit' };
}

function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function malformed(): SignatureState {
  return { kind: 'untrusted', message: 'has a signature that cannot be read' };
}
