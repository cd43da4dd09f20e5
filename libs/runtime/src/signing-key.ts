import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';

/** An Ed25519 key that signs texts (RFC 8032). */
export interface SigningKey {
  /** Its name: the first 16 hex digits of the SHA-256 of the public key's DER. */
  readonly name: string;
  /** SPKI in PEM. */
  readonly publicKey: string;
  /** In base64. */
  sign(text: string): string;
}

/** A new private key, PKCS #8 in PEM. */
export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** @throws Error when the text is no Ed25519 key; the message holds nothing of it. */
export function openSigningKey(pem: string): SigningKey {
  const key = readKey(() => createPrivateKey(pem));
  const publicKey = createPublicKey(key);
  return { name: nameOf(publicKey), publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(), sign: (text) => sign(null, Buffer.from(text, 'utf8'), key).toString('base64') };
}

/** The name of a public key in PEM. @throws Error when it is none. */
export function signingKeyName(publicKey: string): string {
  return nameOf(readKey(() => createPublicKey(publicKey)));
}

/** @throws Error when the key is no Ed25519 public key in PEM. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  return verify(null, Buffer.from(text, 'utf8'), readKey(() => createPublicKey(publicKey)), Buffer.from(signature, 'base64'));
}

function nameOf(publicKey: KeyObject): string {
  return createHash('sha256').update(publicKey.export({ format: 'der', type: 'spki' })).digest('hex').slice(0, 16);
}

function readKey(read: () => KeyObject): KeyObject {
  try {
    const key = read();
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // the reason may quote the text
  }
  throw new Error('this is no Ed25519 key in PEM');
}
