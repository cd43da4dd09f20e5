import { generateKeyPairSync } from 'node:crypto';
import { isSignedBy, newSigningKey, openSigningKey, signingKeyName } from './signing-key.js';

describe('a signing key', () => {
  const key = openSigningKey(newSigningKey());

  it('signs what only its public key confirms', () => {
    const signature = key.sign('head');
    expect(isSignedBy(key.publicKey, 'head', signature)).toBe(true);
    expect(isSignedBy(key.publicKey, 'heads', signature)).toBe(false);
    expect(isSignedBy(key.publicKey, 'head', 'AAAA')).toBe(false);
    expect(isSignedBy(openSigningKey(newSigningKey()).publicKey, 'head', signature)).toBe(false);
  });

  it('has a name by its public key', () => {
    expect(key.name).toMatch(/^[0-9a-f]{16}$/);
    expect(signingKeyName(key.publicKey)).toBe(key.name);
  });

  it('is of one kind, and a text that is none is not told', () => {
    const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    for (const text of [rsa, 'hunter2']) expect(() => openSigningKey(text)).toThrow(/^this is no Ed25519 key in PEM$/);
  });
});
